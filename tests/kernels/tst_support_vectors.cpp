#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/base/random.h"
#include "engine/kernels/kernel_rows.h"
#include "engine/kernels/platt.h"
#include "engine/kernels/smo_solver.h"
#include "engine/kernels/support_vectors.h"

using namespace ty::engine;

namespace {

constexpr std::size_t kRows = 240;
/// The solvers end at a gap of 1e-5; intercepts and decisions then differ by about as much.
constexpr double kTolerance = 2e-4;

/// Points of a linear congruential generator, so that other programs can make the same: two numbers in [-2, 2] with three
/// digits, and one that says whether the label is spoilt.
struct Points {
    DenseRows rows{kRows, 2};
    std::vector<bool> isSpoilt;

    Points()
    {
        std::uint64_t state = 12345;
        const auto next = [&] {
            state = (state * 1103515245 + 12345) % (std::uint64_t{1} << 31);
            return static_cast<double>(state) / static_cast<double>(std::uint64_t{1} << 31);
        };
        for (std::size_t i = 0; i < kRows; ++i) {
            for (float& x : rows.row(i)) {
                x = static_cast<float>(std::round((next() * 4 - 2) * 1000) / 1000);
            }
            isSpoilt.push_back(next() < 0.1);
        }
    }
    std::vector<float> rings(int classes) const
    {
        std::vector<float> labels;
        for (std::size_t i = 0; i < kRows; ++i) {
            const double x = static_cast<double>(rows.row(i)[0]);
            const double y = static_cast<double>(rows.row(i)[1]);
            const double r = x * x + y * y;
            const int ring = classes == 2 ? (r > 1.6 ? 1 : 0) : (r >= 2.8 ? 2 : r >= 1.0 ? 1 : 0);
            labels.push_back(static_cast<float>(isSpoilt[i] ? (ring + 1) % classes : ring));
        }
        return labels;
    }
};

SvmSettings settingsOf(KernelKind kind, double cost, double gamma)
{
    SvmSettings settings;
    settings.kernel = {kind, gamma};
    settings.cost = cost;
    settings.tolerance = 1e-5;
    return settings;
}

double decisionOf(const SupportVectors& svm, std::size_t machine, const DenseRows& rows, std::size_t row)
{
    std::vector<float> kernels(svm.vectors.rows());
    KernelRows(svm.kernel, svm.vectors).compare(KernelRows(svm.kernel, rows).row(row), {}, kernels);
    double sum = -svm.machines[machine].rho;
    for (std::size_t v = 0; v < kernels.size(); ++v) {
        sum += static_cast<double>(svm.machines[machine].weights[v]) * static_cast<double>(kernels[v]);
    }
    return sum;
}

} // namespace

// Reference numbers: scikit-learn 1.2.1 (libsvm 3.0), SVC and SVR with tol 1e-5 on the points above.
class TestSupportVectors : public QObject {
    Q_OBJECT

private slots:
    void twoClassesAgreeWithLibsvm()
    {
        const Points points;
        SvmProgress progress;
        const auto svm = fitSupportVectors(points.rows, points.rings(2), 2, settingsOf(KernelKind::Rbf, 2, 0.7), 2, progress);
        QCOMPARE(svm.vectors.rows(), std::size_t{109});
        QVERIFY(std::abs(svm.machines[0].rho - 0.74459) < kTolerance); // ours is positive for the first class, theirs for the second
        const std::array decisions{-1.0, 1.21593, -2.29932, 0.95491, -0.68197};
        for (std::size_t i = 0; i < decisions.size(); ++i) {
            QVERIFY(std::abs(decisionOf(svm, 0, points.rows, i) + decisions[i]) < kTolerance);
        }
        QCOMPARE(progress.fitsDone.load(), 6); // and five for the probabilities
    }

    void threeClassesAgreeWithLibsvm()
    {
        const Points points;
        SvmProgress progress;
        const auto svm = fitSupportVectors(points.rows, points.rings(3), 3, settingsOf(KernelKind::Rbf, 2, 0.7), 2, progress);
        QCOMPARE(svm.vectors.rows(), std::size_t{159});
        const std::array intercepts{0.46121, -0.70587, -1.12534};
        for (std::size_t m = 0; m < intercepts.size(); ++m) {
            QVERIFY(std::abs(-svm.machines[m].rho - intercepts[m]) < kTolerance);
        }
        const std::vector<double> answers = svm.answers(points.rows, 2);
        double right = 0;
        const auto labels = points.rings(3);
        for (std::size_t i = 0; i < kRows; ++i) {
            const auto row = answers.begin() + static_cast<std::ptrdiff_t>(3 * i);
            QVERIFY(std::abs(row[0] + row[1] + row[2] - 1) < 1e-9);
            right += static_cast<float>(std::max_element(row, row + 3) - row) == labels[i] ? 1 : 0;
        }
        QVERIFY(right > 0.8 * kRows);
    }

    void aStraightBorderAgreesWithLibsvm()
    {
        const Points points;
        SvmProgress progress;
        const auto svm =
            fitSupportVectors(points.rows, points.rings(2), 2, settingsOf(KernelKind::Linear, 0.5, 1), 2, progress);
        QVERIFY(std::abs(svm.machines[0].rho - 1.0) < 1e-2); // the rings have no straight border: all are on one side
    }

    void valuesAgreeWithLibsvm()
    {
        const Points points;
        std::vector<float> targets;
        for (std::size_t i = 0; i < kRows; ++i) {
            targets.push_back(static_cast<float>(
                std::sin(static_cast<double>(points.rows.row(i)[0])) + 0.5 * static_cast<double>(points.rows.row(i)[1])));
        }
        SvmSettings settings = settingsOf(KernelKind::Rbf, 3, 0.5);
        settings.epsilon = 0.05;
        SvmProgress progress;
        const auto svm = fitSupportVectors(points.rows, targets, 0, settings, 2, progress);
        QVERIFY(std::abs(static_cast<double>(svm.vectors.rows()) - 21) <= 1);
        const std::vector<double> answers = svm.answers(points.rows, 1);
        const std::array expected{0.17416, -0.92693, 0.13722, 0.21342};
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QVERIFY(std::abs(answers[i] - expected[i]) < 1e-3);
        }
    }

    void theResultDoesNotDependOnThreadsCacheOrShrinking()
    {
        const Points points;
        SvmProgress progress;
        const auto labels = points.rings(2);
        SvmSettings settings = settingsOf(KernelKind::Rbf, 50, 0.7);
        const auto one = fitSupportVectors(points.rows, labels, 2, settings, 1, progress);
        const auto five = fitSupportVectors(points.rows, labels, 2, settings, 5, progress);
        QVERIFY(one.answers(points.rows, 1) == five.answers(points.rows, 3));
        settings.cacheBytes = 1; // rows are made again and again
        const auto poor = fitSupportVectors(points.rows, labels, 2, settings, 1, progress);
        settings.isShrinking = false;
        const auto slow = fitSupportVectors(points.rows, labels, 2, settings, 1, progress);
        for (std::size_t i = 0; i < 20; ++i) {
            const double decision = decisionOf(one, 0, points.rows, i);
            QVERIFY(std::abs(decision - decisionOf(poor, 0, points.rows, i)) < kTolerance);
            QVERIFY(std::abs(decision - decisionOf(slow, 0, points.rows, i)) < kTolerance);
        }
    }

    void rowsOfBitsAreComparedAsNumbersAre()
    {
        constexpr std::size_t kCount = 60;
        constexpr std::size_t kColumns = 150;
        DenseRows bits(kCount, kColumns);
        DenseRows numbers(kCount + 1, kColumns);
        ty::Random random(3);
        for (std::size_t i = 0; i < kCount; ++i) {
            for (std::size_t j = 0; j < kColumns; ++j) {
                bits.row(i)[j] = random.uniform() < 0.3 ? 1.0F : 0.0F;
                numbers.row(i)[j] = bits.row(i)[j];
            }
        }
        numbers.row(kCount)[0] = 0.5F; // with it the rows are no bits
        for (const KernelFunction kernel : {KernelFunction{KernelKind::Rbf, 0.013}, KernelFunction{KernelKind::Linear, 1}}) {
            const KernelRows ofBits(kernel, bits);
            const KernelRows ofNumbers(kernel, numbers);
            QVERIFY(ofBits.row(0).bits != nullptr && ofNumbers.row(0).bits == nullptr);
            std::vector<float> one(kCount);
            std::vector<float> other(kCount);
            ofBits.compare(ofBits.row(7), {}, one);
            ofNumbers.compare(ofNumbers.row(7), {}, other);
            for (std::size_t i = 0; i < kCount; ++i) {
                QVERIFY(std::abs(one[i] - other[i]) <= 1e-6F * other[i]); // the last digit may be rounded the other way
            }
        }
    }

    void aBorderCanBeTheMachinesOwn()
    {
        const Points points;
        SvmProgress progress;
        SvmSettings settings = settingsOf(KernelKind::Rbf, 2, 0.7);
        settings.isBorderFitted = false;
        const auto svm = fitSupportVectors(points.rows, points.rings(2), 2, settings, 2, progress);
        const std::vector<double> answers = svm.answers(points.rows, 1);
        for (std::size_t i = 0; i < kRows; ++i) {
            QCOMPARE(answers[2 * i] > 0.5, decisionOf(svm, 0, points.rows, i) > 0);
        }
    }

    void aWishToStopEndsTheSolving()
    {
        const Points points;
        SvmProgress progress;
        progress.isStopWished = true;
        const auto svm = fitSupportVectors(points.rows, points.rings(2), 2, settingsOf(KernelKind::Rbf, 1e6, 50), 2, progress);
        QCOMPARE(svm.vectors.rows(), std::size_t{0});
    }

    void plattsProbabilitiesAreFrequencies()
    {
        std::vector<double> decisions;
        std::vector<std::int8_t> signs;
        for (int i = 0; i < 4000; ++i) {
            const double decision = (i % 50 - 24.5) / 20;
            decisions.push_back(decision);
            // Each decision occurs 80 times; the share of the first class among them is the sigmoid of twice the decision.
            signs.push_back((i / 50) + 0.5 < 80 / (1 + std::exp(-2 * decision)) ? std::int8_t{1} : std::int8_t{-1});
        }
        const auto [slope, offset] = fitPlatt(decisions, signs);
        QVERIFY(std::abs(slope + 2) < 0.1);
        QVERIFY(std::abs(offset) < 0.05);
    }
};

QTEST_GUILESS_MAIN(TestSupportVectors)
#include "tst_support_vectors.moc"
