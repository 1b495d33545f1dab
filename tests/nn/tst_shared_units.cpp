#include <QtTest>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

#include "engine/backends/cpu/parallel.h"

using namespace ty::engine;

namespace {

/// Who did which unit, and in what order each went.
struct Course {
    std::vector<std::vector<std::int64_t>> units;

    explicit Course(int shares) : units(static_cast<std::size_t>(shares)) {}
    std::vector<std::int64_t>& of(int share) { return units[static_cast<std::size_t>(share)]; }
    std::multiset<std::int64_t> all() const
    {
        std::multiset<std::int64_t> all;
        for (const auto& some : units) {
            all.insert(some.begin(), some.end());
        }
        return all;
    }
};

std::multiset<std::int64_t> unitsUpTo(std::int64_t count)
{
    std::multiset<std::int64_t> all;
    for (std::int64_t i = 0; i < count; ++i) {
        all.insert(i);
    }
    return all;
}

} // namespace

class TestSharedUnits : public QObject {
    Q_OBJECT

private slots:
    void eachUnitIsDoneOnce_data();
    void eachUnitIsDoneOnce();
    void aThreadThatIsHeldUpLeavesItsRestToTheOther();
    void aShareGoesFromItsFrontAndOnlyThenOnToAnothersEnd();
    void noMoreThanWishedNorThanHalfOfARestIsTaken();
    void rangesCoverAllUnits();
};

void TestSharedUnits::eachUnitIsDoneOnce_data()
{
    QTest::addColumn<int>("shares");
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("most");
    for (const int shares : {1, 2, 3, 7}) {
        for (const int count : {0, 1, 2, 6, 1'000}) {
            for (const int most : {1, 4}) {
                QTest::addRow("%d units, %d threads, %d at once", count, shares, most) << shares << count << most;
            }
        }
    }
}

void TestSharedUnits::eachUnitIsDoneOnce()
{
    QFETCH(const int, shares);
    QFETCH(const int, count);
    QFETCH(const int, most);
    for (int round = 0; round < 20; ++round) {
        SharedUnits units(count, shares);
        Course course(shares);
        std::vector<std::thread> threads;
        for (int share = 0; share < shares; ++share) {
            threads.emplace_back([&, share] {
                for (UnitRange range = units.take(share, most); range.count > 0; range = units.take(share, most)) {
                    for (std::int64_t i = 0; i < range.count; ++i) {
                        course.of(share).push_back(range.begin + i);
                    }
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE(course.all(), unitsUpTo(count));
    }
}

void TestSharedUnits::aThreadThatIsHeldUpLeavesItsRestToTheOther()
{
    SharedUnits units(100, 2);
    std::atomic<bool> isOtherDone = false;
    std::int64_t slow = 0;
    std::thread held([&] {
        slow = units.take(0, 1).count;
        while (!isOtherDone) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        slow += units.take(0, 1).count;
    });
    // The first unit of the other's share lies behind it before this thread begins to help.
    std::int64_t quick = 0;
    while (true) {
        const UnitRange range = units.take(1, 1);
        if (range.count == 0) {
            break;
        }
        quick += range.count;
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    isOtherDone = true;
    held.join();
    QCOMPARE(slow + quick, 100);
    QVERIFY2(slow <= 1, qPrintable(QString("the thread that was held up did %1 units").arg(slow)));
}

void TestSharedUnits::aShareGoesFromItsFrontAndOnlyThenOnToAnothersEnd()
{
    SharedUnits units(8, 2);
    std::vector<std::int64_t> order;
    for (UnitRange range = units.take(0, 1); range.count > 0; range = units.take(0, 1)) {
        order.push_back(range.begin);
    }
    QCOMPARE(order, (std::vector<std::int64_t>{0, 1, 2, 3, 7, 6, 5, 4}));
}

void TestSharedUnits::noMoreThanWishedNorThanHalfOfARestIsTaken()
{
    SharedUnits units(32, 2);
    std::vector<std::int64_t> counts;
    for (UnitRange range = units.take(1, 4); range.count > 0; range = units.take(1, 4)) {
        counts.push_back(range.count);
    }
    // 16 of its own, then the other's 16.
    QCOMPARE(counts, (std::vector<std::int64_t>{4, 4, 4, 2, 1, 1, 4, 4, 4, 2, 1, 1}));
}

void TestSharedUnits::rangesCoverAllUnits()
{
    for (const int threads : {1, 2, 5}) {
        for (const std::int64_t count : {0, 1, 3, 200}) {
            std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
            parallelUnits(threads, count, 3, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t i = begin; i < end; ++i) {
                    ++visits[static_cast<std::size_t>(i)];
                }
            });
            for (const auto& visit : visits) {
                QCOMPARE(visit.load(), 1);
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestSharedUnits)
#include "tst_shared_units.moc"
