#include <QTest>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "engine/train/batch_pipeline.h"
#include "engine/train/evaluation_batches.h"
#include "fake_parts.h"

using namespace ty::engine;

namespace {

/// Rows of one length that count how many have been read.
class CountedRows final : public SampleSource {
public:
    explicit CountedRows(std::size_t width) : m_width(width) {}
    std::size_t size() const override { return 1000; }
    std::size_t inputSize() const override { return m_width; }
    ty::Result<void> readInput(std::size_t, std::span<float>) const override
    {
        ++reads;
        return {};
    }
    float target(std::size_t) const override { return 0; }
    mutable std::atomic<int> reads = 0;

private:
    std::size_t m_width;
};

/// Rows that no thread but the one that made them gets before that one has read some itself; after 5 s all get them.
class RowsForTheirMaker final : public SampleSource {
public:
    std::size_t size() const override { return 1000; }
    std::size_t inputSize() const override { return 10'000; } // a batch is a portion
    ty::Result<void> readInput(std::size_t, std::span<float>) const override
    {
        std::unique_lock lock(m_mutex);
        if (std::this_thread::get_id() == m_maker) {
            m_isRead = true;
            m_changed.notify_all();
        } else {
            m_changed.wait_for(lock, std::chrono::seconds(5), [this] { return m_isRead; });
        }
        return {};
    }
    float target(std::size_t) const override { return 0; }
    bool isReadByItsMaker() const
    {
        const std::lock_guard lock(m_mutex);
        return m_isRead;
    }

private:
    std::thread::id m_maker = std::this_thread::get_id();
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    mutable bool m_isRead = false;
};

/// Samples of which any part can be read: it is told where it begins.
class Parted final : public SampleSource {
public:
    std::size_t size() const override { return 12; }
    std::size_t inputSize() const override { return 1; }
    ty::Result<void> readInput(std::size_t, std::span<float> into) const override
    {
        into.front() = 0.5F;
        return {};
    }
    ty::Result<void> readPart(std::size_t, ty::Random& random, std::span<float> into) const override
    {
        into.front() = static_cast<float>(random.uniform());
        return {};
    }
    float target(std::size_t) const override { return 0; }
};

} // namespace

class TestBatchPipeline : public QObject {
    Q_OBJECT

    static std::vector<std::vector<float>> take(BatchPipeline& pipeline, int count)
    {
        std::vector<std::vector<float>> batches;
        for (int i = 0; i < count; ++i) {
            auto batch = pipeline.next();
            if (!batch) {
                return {};
            }
            batches.push_back(batch.value()->inputs);
        }
        return batches;
    }

private slots:
    void aCallerThatWouldWaitPreparesBatchesItself()
    {
        const RowsForTheirMaker source;
        BatchPipeline pipeline(source, BatchPlan{1000, 4, 1, 7}, {}, {}, 1);
        pipeline.begin(0, 0);
        QVERIFY(pipeline.next());
        QVERIFY(pipeline.next());
        QVERIFY(source.isReadByItsMaker());
        QVERIFY(pipeline.takeWaitSeconds() > 0);
    }

    void epochsOfFewBatchesArePreparedAhead()
    {
        const CountedRows source(4);
        BatchPipeline pipeline(source, BatchPlan{1000, 500, 1, 7}, {}, {}, 1);
        pipeline.begin(0, 0);
        QVERIFY(pipeline.next());
        QTRY_VERIFY(source.reads >= 50 * 1000); // of 50 epochs, though only one batch was taken
    }

    void anEpochHoldsEverySampleAndOnlyFullBatches()
    {
        const BatchPlan plan{103, 10, 1, 7};
        QCOMPARE(plan.stepsPerEpoch(), std::int64_t{11});
        const auto order = plan.orderOf(4);
        QCOMPARE(order.size(), std::size_t{110});
        const std::set<std::uint32_t> once(order.begin(), order.begin() + 103);
        QCOMPARE(once.size(), std::size_t{103});
    }

    void inOrderEachRowGoesOnWhereItEnded()
    {
        const BatchPlan plan{23, 4, 1, 7, true};
        const auto order = plan.orderOf(0);
        QCOMPARE(plan.stepsPerEpoch(), std::int64_t{6});
        QCOMPARE(order.size(), std::size_t{24});
        for (std::size_t i = 4; i < order.size(); ++i) {
            QCOMPARE(order[i], (order[i - 4] + 1) % 23);
        }
        QVERIFY(plan.orderOf(3) == order);
        QCOMPARE(std::set<std::uint32_t>(order.begin(), order.end()).size(), std::size_t{23});
    }

    void evaluationTakesEverySampleOnce_data()
    {
        QTest::addColumn<int>("samples");
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("isInOrder");
        for (const bool isInOrder : {false, true}) {
            for (const auto& [samples, size] : {std::pair{10, 4}, {12, 4}, {3, 256}, {1, 1}, {100, 30}, {257, 256}, {0, 8}}) {
                QTest::addRow("%d by %d%s", samples, size, isInOrder ? ", in order" : "") << samples << size << isInOrder;
            }
        }
    }
    void evaluationTakesEverySampleOnce()
    {
        QFETCH(int, samples);
        QFETCH(int, size);
        QFETCH(bool, isInOrder);
        const auto batches =
            evaluationBatches(static_cast<std::size_t>(samples), static_cast<std::size_t>(size), isInOrder);
        std::set<std::uint32_t> seen;
        std::vector<std::uint32_t> before;
        std::size_t total = 0;
        for (std::size_t index = 0; index < batches.count; ++index) {
            const auto positions = batches.at(index);
            QVERIFY(!positions.empty() && positions.size() <= static_cast<std::size_t>(size));
            for (std::size_t row = 0; isInOrder && index > 0 && row < positions.size(); ++row) {
                QCOMPARE(positions[row], before[row] + 1);
            }
            before = positions;
            total += positions.size();
            seen.insert(positions.begin(), positions.end());
        }
        QCOMPARE(seen.size(), static_cast<std::size_t>(samples));
        QCOMPARE(total, seen.size());
    }

    void repeatsGoOverTheDataSeveralTimes()
    {
        const BatchPlan plan{6, 4, 3, 7};
        const auto order = plan.orderOf(0);
        for (std::uint32_t sample = 0; sample < 6; ++sample) {
            QVERIFY(std::count(order.begin(), order.end(), sample) >= 3);
        }
    }

    void epochsAndSeedsHaveOrdersOfTheirOwn()
    {
        const BatchPlan plan{50, 10, 1, 7};
        QVERIFY(plan.orderOf(0) != plan.orderOf(1));
        QVERIFY(plan.orderOf(0) != (BatchPlan{50, 10, 1, 8}.orderOf(0)));
        QCOMPARE(plan.orderOf(3), plan.orderOf(3));
    }

    void anotherPartIsDrawnInEachEpochAndTheSameOnceMore()
    {
        const Parted source;
        const BatchPlan plan{12, 4, 1, 7};
        Augmentation drawn;
        drawn.isPartDrawn = true;
        BatchPipeline pipeline(source, plan, drawn, {1, 1, 1}, 2);
        pipeline.begin(0, 0);
        const auto both = take(pipeline, 6);
        QCOMPARE(both.size(), std::size_t{6});
        std::set<float> places;
        for (const auto& batch : both) {
            places.insert(batch.begin(), batch.end());
        }
        QCOMPARE(places.size(), std::size_t{24}); // each place another one
        BatchPipeline resumed(source, plan, drawn, {1, 1, 1}, 1);
        resumed.begin(1, 1);
        QVERIFY(take(resumed, 2) == std::vector<std::vector<float>>(both.begin() + 4, both.end()));
        BatchPipeline off(source, plan, {}, {1, 1, 1}, 2);
        off.begin(0, 0);
        QVERIFY(take(off, 1).front() == std::vector<float>(4, 0.5F));
        BatchPipeline table(source, plan, drawn, {}, 2);
        table.begin(0, 0);
        QVERIFY(take(table, 1).front() == std::vector<float>(4, 0.5F));
    }

    void theNumberOfWorkersChangesNothing()
    {
        const TwoClouds source(101, 1);
        const BatchPlan plan{source.size(), 8, 1, 3};
        BatchPipeline one(source, plan, {}, {}, 1);
        BatchPipeline four(source, plan, {}, {}, 4);
        one.begin(0, 0);
        four.begin(0, 0);
        const auto expected = take(one, 40);
        QCOMPARE(expected.size(), std::size_t{40});
        QCOMPARE(take(four, 40), expected);
    }

    void beginningInTheMiddleGivesTheSameBatches()
    {
        const TwoClouds source(64, 1);
        const BatchPlan plan{source.size(), 8, 1, 3};
        Augmentation noise;
        noise.noise = 0.5;
        BatchPipeline whole(source, plan, noise, {1, 1, 3}, 2);
        whole.begin(0, 0);
        const auto all = take(whole, 20);
        BatchPipeline part(source, plan, noise, {1, 1, 3}, 3);
        part.begin(0, 0);
        QCOMPARE(take(part, 5).size(), std::size_t{5});
        part.begin(1, 3); // batch 11 of the whole
        QCOMPARE(take(part, 9), std::vector<std::vector<float>>(all.begin() + 11, all.end()));
    }

    void anUnreadableSampleIsAnErrorWithItsName()
    {
        TwoClouds source(16, 1);
        source.unreadable = 5;
        BatchPipeline pipeline(source, {source.size(), 16, 1, 3}, {}, {}, 2);
        pipeline.begin(0, 0);
        const auto batch = pipeline.next();
        QVERIFY(!batch);
        QVERIFY(batch.error().message.find("0012.png") != std::string::npos);
    }

    void aBatchWithoutMemoryIsAnError()
    {
        TwoClouds source(16, 1);
        source.tooLarge = 5;
        BatchPipeline pipeline(source, {source.size(), 16, 1, 3}, {}, {}, 2);
        pipeline.begin(0, 0);
        const auto batch = pipeline.next();
        QVERIFY(!batch && batch.error().kind == ty::ErrorKind::OutOfMemory);
        QVERIFY(!batch.error().advice.empty());
    }

    void anErrorComesInItsBatchsPlace()
    {
        TwoClouds source(640, 1);
        source.unreadable = 5;
        const BatchPlan plan{source.size(), 4, 1, 3};
        const auto order = plan.orderOf(0);
        const auto place = static_cast<int>(std::find(order.begin(), order.end(), 5U) - order.begin()) / 4;
        QVERIFY(place > 0);
        BatchPipeline pipeline(source, plan, {}, {}, 1);
        pipeline.begin(0, 0);
        QCOMPARE(take(pipeline, place).size(), static_cast<std::size_t>(place)); // those before it, though filled with it
        QVERIFY(!pipeline.next());
        QVERIFY(!pipeline.next()); // and it stays
    }

    void tinyBatchesAreHandedOverManyAtOnce()
    {
        const CountedRows rows(2);
        BatchPipeline pipeline(rows, {rows.size(), 2, 1, 3}, {}, {}, 1);
        pipeline.begin(0, 0);
        constexpr int kPrepared = 1 + 127 * 32; // the first batch by itself, then 32 at once
        QTRY_COMPARE(rows.reads.load(), kPrepared * 2);
        QCOMPARE(take(pipeline, 2).size(), std::size_t{2});
        QTRY_COMPARE(rows.reads.load(), (kPrepared + 32) * 2); // one portion is given back, so 32 more
        QCOMPARE(take(pipeline, 31).size(), std::size_t{31});
        QCOMPARE(rows.reads.load(), (kPrepared + 32) * 2);
    }

    void manySmallBatchesAndFewLargeOnesArePreparedAhead()
    {
        const CountedRows small(64);
        BatchPipeline many(small, {small.size(), 8, 1, 3}, {}, {}, 1);
        many.begin(0, 0);
        QTRY_VERIFY(small.reads >= 40 * 8); // a worker that waits for its turn on the processor stops nobody
        const CountedRows large(1 << 20);
        BatchPipeline few(large, {large.size(), 2, 1, 3}, {}, {}, 1);
        few.begin(0, 0);
        QTRY_COMPARE(large.reads.load(), 3 * 2); // 8 MiB each
        QVERIFY(few.next());
        QCOMPARE(few.takeWaitSeconds(), 0.0);
        QCOMPARE(large.reads.load(), 3 * 2);
    }

    void itEndsWhileBatchesArePrepared()
    {
        const TwoClouds source(1000, 1);
        for (int i = 0; i < 50; ++i) {
            BatchPipeline pipeline(source, {source.size(), 32, 1, 3}, {}, {}, 3);
            if (i % 2 == 0) {
                pipeline.begin(0, 0);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestBatchPipeline)
#include "tst_batch_pipeline.moc"
