#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <QTest>

#include "engine/base/random.h"

using namespace ty;

class TestRandom : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void followsTheReferenceGenerator()
    {
        // First outputs of the authors' C code of xoshiro256** for the state {1, 2, 3, 4}.
        Random random(0);
        random.setState({1, 2, 3, 4});
        QCOMPARE(random.next(), std::uint64_t{11520});
        QCOMPARE(random.next(), std::uint64_t{0});
        QCOMPARE(random.next(), std::uint64_t{1509978240});
        QCOMPARE(random.next(), std::uint64_t{1215971899390074240ULL});
    }

    void storedStateContinuesTheSameNumbers()
    {
        Random random(7);
        random.normal();
        Random copy(99);
        copy.setState(random.state());
        for (int i = 0; i < 100; ++i) {
            QCOMPARE(copy.normal(), random.normal());
        }
    }

    void streamsOfOneSeedDiffer()
    {
        QVERIFY(Random(1, 0).next() != Random(1, 1).next());
    }

    void belowStaysInRangeAndReachesEveryValue()
    {
        Random random(3);
        std::array<int, 7> seen{};
        for (int i = 0; i < 7000; ++i) {
            ++seen.at(random.below(7));
        }
        // 1000 expected each; 5 standard deviations are about 146.
        QVERIFY(*std::min_element(seen.begin(), seen.end()) > 850);
    }

    void normalHasMeanZeroAndDeviationOne()
    {
        Random random(11);
        double sum = 0;
        double squares = 0;
        constexpr int kDraws = 100'000;
        for (int i = 0; i < kDraws; ++i) {
            const double x = random.normal();
            sum += x;
            squares += x * x;
        }
        QVERIFY(std::abs(sum / kDraws) < 0.016); // 5 standard errors
        QVERIFY(std::abs(squares / kDraws - 1) < 0.023);
    }

    void shuffleKeepsEveryValue()
    {
        std::vector<std::uint32_t> values(1000);
        std::iota(values.begin(), values.end(), 0U);
        const auto sorted = values;
        Random(5).shuffle(values);
        QVERIFY(values != sorted);
        std::sort(values.begin(), values.end());
        QVERIFY(values == sorted);
    }
};

QTEST_GUILESS_MAIN(TestRandom)
#include "tst_random.moc"
