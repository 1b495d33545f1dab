#include <QTest>

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/backends/cpu/loops/small_matmul.h"
#include "engine/base/random.h"

using namespace ty;
using namespace ty::engine;

namespace {

std::vector<float> randomFloats(Random& random, std::int64_t count)
{
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) {
        value = static_cast<float>(random.normal());
    }
    return values;
}

/// Operands of one product, either of them stored transposed, c in rows that are wider than it.
struct Trial {
    loops::SmallMatMul shape;
    std::vector<float> a;
    std::vector<float> b;
    std::vector<float> bias;

    Trial(std::int64_t rows, std::int64_t inner, std::int64_t columns, bool isLeftTransposed, bool isRightTransposed, std::uint64_t seed)
        : shape{rows, inner, columns, inner, 1, columns, 1, columns + 3}
    {
        if (isLeftTransposed) {
            shape.aRow = 1;
            shape.aInner = rows;
        }
        if (isRightTransposed) {
            shape.bInner = 1;
            shape.bColumn = inner;
        }
        Random random(seed);
        a = randomFloats(random, rows * inner);
        b = randomFloats(random, inner * columns);
        bias = randomFloats(random, columns);
    }

    std::vector<float> product(loops::SmallMatMulLoop loop, bool hasBias, float around) const
    {
        std::vector<float> c(static_cast<std::size_t>(shape.rows * shape.cRow), around);
        loop(shape, a.data(), b.data(), hasBias ? bias.data() : nullptr, c.data());
        return c;
    }

    /// In float64, and how large the sum of its terms' sizes is.
    std::pair<double, double> expected(std::int64_t i, std::int64_t j, bool hasBias) const
    {
        double total = hasBias ? static_cast<double>(bias[static_cast<std::size_t>(j)]) : 0;
        double size = std::abs(total);
        for (std::int64_t k = 0; k < shape.inner; ++k) {
            const double term = static_cast<double>(a[static_cast<std::size_t>(i * shape.aRow + k * shape.aInner)])
                * static_cast<double>(b[static_cast<std::size_t>(k * shape.bInner + j * shape.bColumn)]);
            total += term;
            size += std::abs(term);
        }
        return {total, size};
    }
};

} // namespace

/// Products that are too small for a library call.
class TestSmallMatMul : public QObject {
    Q_OBJECT

private slots:
    void everyShapeAndOrderGivesTheProduct_data();
    void everyShapeAndOrderGivesTheProduct();
    void aRowDoesNotDependOnTheOthers();
    void rowsAreSummedUpBesideTheirProduct_data();
    void rowsAreSummedUpBesideTheirProduct();
};

void TestSmallMatMul::everyShapeAndOrderGivesTheProduct_data()
{
    QTest::addColumn<bool>("isLeftTransposed");
    QTest::addColumn<bool>("isRightTransposed");
    QTest::addColumn<std::size_t>("loop");
    for (std::size_t i = 0; i < loops::smallMatMulLoops().size(); ++i) {
        QTest::addRow("a b, loop %zu", i) << false << false << i;
        QTest::addRow("a turned, loop %zu", i) << true << false << i;
        QTest::addRow("b turned, loop %zu", i) << false << true << i;
        QTest::addRow("both turned, loop %zu", i) << true << true << i;
    }
}

void TestSmallMatMul::everyShapeAndOrderGivesTheProduct()
{
    QFETCH(const bool, isLeftTransposed);
    QFETCH(const bool, isRightTransposed);
    QFETCH(const std::size_t, loop);
    constexpr float kAround = 77;
    std::uint64_t seed = 1;
    for (const std::int64_t rows : {1, 2, 3, 5, 6, 7, 13, 32}) {
        for (const std::int64_t columns : {1, 2, 3, 7, 8, 15, 16, 17, 32, 45}) {
            for (const std::int64_t inner : {1, 2, 4, 15, 16, 17, 33, 63, 64, 65, 130}) {
                const Trial trial(rows, inner, columns, isLeftTransposed, isRightTransposed, ++seed);
                const bool hasBias = seed % 2 == 0;
                const std::vector<float> c = trial.product(loops::smallMatMulLoops()[loop], hasBias, kAround);
                for (std::int64_t i = 0; i < rows; ++i) {
                    for (std::int64_t j = 0; j < trial.shape.cRow; ++j) {
                        const float made = c[static_cast<std::size_t>(i * trial.shape.cRow + j)];
                        const auto [wanted, size] = j < columns ? trial.expected(i, j, hasBias) : std::pair(77.0, 0.0);
                        const double error = std::abs(static_cast<double>(made) - wanted);
                        QVERIFY2(
                            error <= 1e-6 * size,
                            qPrintable(QStringLiteral("%1 x %2 x %3, row %4, column %5: %6 instead of %7")
                                           .arg(rows).arg(inner).arg(columns).arg(i).arg(j).arg(made).arg(wanted)));
                    }
                }
            }
        }
    }
}

void TestSmallMatMul::aRowDoesNotDependOnTheOthers()
{
    // What a network answers to one sample is what it answers to it among others, bit for bit.
    for (const bool isRightTransposed : {false, true}) {
        for (const std::int64_t columns : {1, 3, 16, 20}) {
            Trial trial(9, 37, columns, false, isRightTransposed, 5);
            const std::vector<float> together = trial.product(loops::smallMatMul, true, 0);
            const float* every = trial.a.data();
            trial.shape.rows = 1;
            for (std::int64_t i = 0; i < 9; ++i) {
                std::vector<float> alone(static_cast<std::size_t>(trial.shape.cRow));
                loops::smallMatMul(trial.shape, every + i * 37, trial.b.data(), trial.bias.data(), alone.data());
                for (std::int64_t j = 0; j < columns; ++j) {
                    // Not QCOMPARE, which takes floats for equal that are not.
                    QVERIFY(
                        alone[static_cast<std::size_t>(j)]
                        == together[static_cast<std::size_t>(i * trial.shape.cRow + j)]);
                }
            }
        }
    }
}

void TestSmallMatMul::rowsAreSummedUpBesideTheirProduct_data()
{
    everyShapeAndOrderGivesTheProduct_data();
}

void TestSmallMatMul::rowsAreSummedUpBesideTheirProduct()
{
    QFETCH(const bool, isLeftTransposed);
    QFETCH(const bool, isRightTransposed);
    QFETCH(const std::size_t, loop);
    std::uint64_t seed = 100;
    for (const std::int64_t rows : {1, 2, 3, 6, 9}) {
        for (const std::int64_t columns : {2, 3, 15, 17, 45}) {
            for (const std::int64_t inner : {1, 4, 10, 17, 64}) {
                Trial trial(rows, inner, columns, isLeftTransposed, isRightTransposed, ++seed);
                const std::vector<float> alone = trial.product(loops::smallMatMulLoops()[loop], false, 5);
                std::vector<float> sums(static_cast<std::size_t>(rows) + 1, 77);
                QVERIFY(trial.shape.canSumRows());
                trial.shape.rowSums = sums.data();
                QVERIFY(trial.product(loops::smallMatMulLoops()[loop], false, 5) == alone);
                for (std::int64_t i = 0; i < rows; ++i) {
                    double wanted = 0;
                    double size = 0;
                    for (std::int64_t k = 0; k < inner; ++k) {
                        const auto term = static_cast<double>(
                            trial.a[static_cast<std::size_t>(i * trial.shape.aRow + k * trial.shape.aInner)]);
                        wanted += term;
                        size += std::abs(term);
                    }
                    QVERIFY(std::abs(static_cast<double>(sums[static_cast<std::size_t>(i)]) - wanted) <= 1e-6 * size);
                }
                QCOMPARE(sums.back(), 77.0F);
            }
        }
    }
    for (const auto& [inner, columns] : {std::pair{65, 3}, {10, 16}, {10, 32}, {10, 1}}) {
        QVERIFY(!Trial(3, inner, columns, false, false, 1).shape.canSumRows());
    }
}

QTEST_GUILESS_MAIN(TestSmallMatMul)
#include "tst_small_matmul.moc"
