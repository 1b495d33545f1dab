#include <QTest>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/random.h"
#include "engine/train/intervals.h"
#include "engine/train/metrics.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// The share of `experiments` whose interval holds `truth`.
template<typename Experiment>
double coverage(int experiments, double truth, Experiment experiment)
{
    int held = 0;
    for (int i = 0; i < experiments; ++i) {
        Random random(static_cast<std::uint64_t>(i));
        const std::optional<Interval> interval = experiment(random);
        held += interval && interval->low <= truth && truth <= interval->high ? 1 : 0;
    }
    return static_cast<double>(held) / experiments;
}

} // namespace

class TestIntervals : public QObject {
    Q_OBJECT
private slots:
    void wilsonIntervalStaysInsideZeroToOne()
    {
        const auto eight = wilsonInterval(8, 10); // 0.4902 to 0.9433 in Wilson's tables
        QVERIFY(std::abs(eight.low - 0.4902) < 1e-4);
        QVERIFY(std::abs(eight.high - 0.9433) < 1e-4);
        QCOMPARE(wilsonInterval(10, 10).high, 1.0);
        QCOMPARE(wilsonInterval(0, 0).low, 0.0);
    }

    void meanOfOneProportionIsWilsons()
    {
        const std::vector<Proportion> one{{8, 10}};
        const auto interval = meanProportionInterval(one);
        QVERIFY(interval);
        QVERIFY(std::abs(interval->low - wilsonInterval(8, 10).low) < 1e-12);
        QVERIFY(std::abs(interval->high - wilsonInterval(8, 10).high) < 1e-12);
    }

    void allRightIsNotCertain()
    {
        const std::vector<Proportion> recalls{{10, 10}, {10, 10}, {10, 10}};
        const auto interval = meanProportionInterval(recalls);
        QVERIFY(interval);
        QCOMPARE(interval->high, 1.0);
        QVERIFY(interval->low > 0.8 && interval->low < 0.9); // Wilson's 0.722 of one class, averaged over three
        QVERIFY(!meanProportionInterval({}));
    }

    void intervalOfAMeanIsTwiceItsStandardError()
    {
        const std::vector<double> values{1, 2, 3, 4};
        const auto interval = meanInterval(values);
        QVERIFY(interval);
        const double error = std::sqrt(5.0 / 3 / 4); // variance 5/3 of 4 values
        QVERIFY(std::abs(interval->low - (2.5 - 1.959963985 * error)) < 1e-8);
        QVERIFY(std::abs(interval->high - (2.5 + 1.959963985 * error)) < 1e-8);
        QVERIFY(!meanInterval(std::vector<double>{1}));
    }

    void intervalsHoldTheTruthNineteenTimesInTwenty()
    {
        const double ofMeans = coverage(400, 0.5, [](Random& random) {
            std::vector<double> values(80);
            for (double& value : values) {
                value = random.uniform();
            }
            return meanInterval(values);
        });
        QVERIFY2(ofMeans > 0.92 && ofMeans < 0.98, qPrintable(QString::number(ofMeans)));
        const double ofRecalls = coverage(400, 0.85, [](Random& random) { // (0.9 + 0.8) / 2
            std::vector<Proportion> recalls{{0, 40}, {0, 25}};
            for (int i = 0; i < 40; ++i) {
                recalls[0].successes += random.uniform() < 0.9 ? 1 : 0;
            }
            for (int i = 0; i < 25; ++i) {
                recalls[1].successes += random.uniform() < 0.8 ? 1 : 0;
            }
            return meanProportionInterval(recalls);
        });
        QVERIFY2(ofRecalls > 0.92 && ofRecalls < 0.99, qPrintable(QString::number(ofRecalls)));
        const double ofR2 = coverage(150, 0.75, [](Random& random) { // target variance 4, noise variance 1
            std::vector<double> predicted(120);
            std::vector<double> actual(120);
            for (std::size_t i = 0; i < actual.size(); ++i) {
                predicted[i] = std::sqrt(3.0) * random.normal();
                actual[i] = predicted[i] + random.normal();
            }
            return measureRegression(predicted, actual).r2Interval;
        });
        QVERIFY2(ofR2 > 0.88 && ofR2 < 0.99, qPrintable(QString::number(ofR2)));
    }

    void resamplesThatDoNotDifferClaimNothing()
    {
        QVERIFY(!bootstrapInterval(50, [](std::span<const std::uint32_t>) { return 1.0; }));
        QVERIFY(!bootstrapInterval(1, [](std::span<const std::uint32_t>) { return 0.5; }));
    }

    void resamplingGivesTheSameNumbersEachTime()
    {
        const auto meanIndex = [](std::span<const std::uint32_t> drawn) {
            return static_cast<double>(std::accumulate(drawn.begin(), drawn.end(), std::uint64_t{0})) /
                   static_cast<double>(drawn.size());
        };
        const auto first = bootstrapInterval(100, meanIndex);
        const auto second = bootstrapInterval(100, meanIndex);
        QVERIFY(first && second);
        QCOMPARE(first->low, second->low);
        QCOMPARE(first->high, second->high);
        // the mean of 0 to 99 is 49.5, its standard error 2.89
        QVERIFY(std::abs(first->low - (49.5 - 5.66)) < 0.6);
        QVERIFY(std::abs(first->high - (49.5 + 5.66)) < 0.6);
    }

    void everyIntervalHoldsItsMetric()
    {
        Random random(4);
        std::vector<std::int32_t> labels(300);
        std::vector<float> p(900);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            labels[i] = static_cast<std::int32_t>(random.below(3));
            const std::size_t answer = random.uniform() < 0.8 ? static_cast<std::size_t>(labels[i]) : random.below(3);
            for (std::size_t c = 0; c < 3; ++c) {
                p[i * 3 + c] = c == answer ? 0.7F : 0.15F;
            }
        }
        const auto m = measureClassification(p, labels, 3);
        const auto holds = [](const std::optional<Interval>& interval, double value) {
            return interval && interval->low < value && value < interval->high &&
                   interval->high - interval->low < 0.25 * value;
        };
        QVERIFY(holds(m.accuracyInterval, m.accuracy));
        QVERIFY(holds(m.balancedAccuracyInterval, m.balancedAccuracy));
        QVERIFY(holds(m.macroF1Interval, m.macroF1));
        QVERIFY(holds(m.logLossInterval, m.logLoss));
    }
};

QTEST_GUILESS_MAIN(TestIntervals)
#include "tst_intervals.moc"
