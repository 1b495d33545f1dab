#include <QTest>

#include <QDir>
#include <QTemporaryDir>

#include <cstring>
#include <map>
#include <memory>
#include <numeric>
#include <vector>

#include "engine/base/parallel_ranges.h"
#include "engine/train/sample_source.h"
#include "engine/train/trainer.h"
#include "fake_parts.h"
#include "fake_session.h"
#include "large_parts.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr std::size_t kRows = 6000;
constexpr std::uint64_t kPlenty = std::uint64_t{1} << 30;

std::vector<std::uint32_t> everyThird(std::size_t rows)
{
    std::vector<std::uint32_t> samples;
    for (std::uint32_t i = 0; i < rows; ++i) {
        if (i % 3 != 1) {
            samples.push_back(i);
        }
    }
    return samples;
}

/// Bit patterns of all inputs, read in another order than they lie.
std::vector<std::uint32_t> bitsOf(const SampleSource& source)
{
    const std::size_t width = source.inputSize();
    std::vector<std::uint32_t> bits(source.size() * width);
    std::vector<float> row(width);
    for (std::size_t i = 0; i < source.size(); ++i) {
        const std::size_t position = i * 7919 % source.size();
        if (!source.readInput(position, row)) {
            return {};
        }
        std::memcpy(bits.data() + position * width, row.data(), width * sizeof(float));
    }
    return bits;
}

/// Losses by step of a training over `samples`; with `stopAfter`, of its two halves.
std::map<std::int64_t, double> lossesOver(const SampleSource& samples, std::int64_t stopAfter)
{
    const QTemporaryDir folder;
    const RunFolder runFolder{folder.path().toStdString()};
    TrainerOptions options;
    options.epochs = 2;
    options.patience = 0;
    options.batchSize = 32;
    options.schedule = {ScheduleKind::Cosine, 0.1, 0.05};
    options.seed = 5;
    options.workers = 3;
    double clock = 0;
    options.clock = [&clock] { return clock += 0.1; };
    std::map<std::int64_t, double> losses;
    for (int part = 0; part < (stopAfter > 0 ? 2 : 1); ++part) {
        FakeSession session(samples.inputSize(), 2, 11);
        RecordingSink sink;
        ScriptedControl control;
        if (part == 0) {
            session.onStep = [&](std::int64_t step) { control.isStopped = control.isStopped || step == stopAfter; };
        }
        Trainer trainer(session, samples, nullptr, options, runFolder, sink, control);
        if (part == 1) {
            const auto found = CheckpointStore(runFolder.checkpointFolder()).newest().value();
            if (!found || !trainer.resume(*found)) {
                return {};
            }
        }
        if (!trainer.run()) {
            return {};
        }
        for (const Json& event : sink.of("step")) {
            losses[event.at("step").get<std::int64_t>()] = event.at("loss").get<double>();
        }
    }
    return losses;
}

} // namespace

/// Samples that do not fit into memory are kept in a scratch file, and nothing else is different.
class TestLargeTraining : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8()); }

    void rowsOfAFileAreBitEqualToThoseOfMemory()
    {
        const ScatteredTable table(kRows);
        const auto chosen = everyThird(kRows);
        const auto encoder = Encoder::fit(table, chosen);
        QVERIFY(encoder);
        const EncodedSamples inMemory(table, encoder.value(), chosen, kPlenty);
        const EncodedSamples inFile(table, encoder.value(), chosen, 1000);
        QVERIFY(inMemory.memoryBytes() == 4000 * 6 * 4 && inFile.memoryBytes() == 0);
        const auto expected = bitsOf(inMemory);
        QCOMPARE(expected.size(), chosen.size() * encoder.value().inputSize());
        QCOMPARE(bitsOf(inFile), expected);
        QCOMPARE(bitsOf(inFile), expected); // now all of them from the file
    }

    void aRowIsEncodedOnce()
    {
        const ScatteredTable table(kRows);
        const auto chosen = everyThird(kRows);
        const auto encoder = Encoder::fit(table, chosen);
        QVERIFY(encoder);
        table.lookups = 0;
        const EncodedSamples inFile(table, encoder.value(), chosen, 0);
        (void)bitsOf(inFile);
        (void)bitsOf(inFile);
        QCOMPARE(table.lookups.load(), static_cast<int>(chosen.size()));
    }

    void manyThreadsMayFillAFile()
    {
        const ScatteredTable table(kRows);
        const auto chosen = everyThird(kRows);
        const auto encoder = Encoder::fit(table, chosen);
        QVERIFY(encoder);
        const EncodedSamples inMemory(table, encoder.value(), chosen, kPlenty);
        const auto expected = bitsOf(inMemory);
        const EncodedSamples inFile(table, encoder.value(), chosen, 0);
        const std::size_t width = encoder.value().inputSize();
        const auto readAll = [&](std::size_t, std::size_t) -> Result<void> {
            std::vector<float> row(width);
            for (std::size_t i = 0; i < inFile.size(); ++i) {
                const std::size_t position = i * 131 % inFile.size();
                TY_CHECK(inFile.readInput(position, row));
                if (std::memcmp(row.data(), expected.data() + position * width, width * sizeof(float)) != 0) {
                    return Error{ErrorKind::Internal, "another row's numbers", {}};
                }
            }
            return {};
        };
        const auto result = parallelRanges(4, 4, readAll);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
    }

    void withoutADiskEachRowIsMadeAgain()
    {
        qputenv("XDG_CACHE_HOME", "/proc/nowhere");
        const ScatteredTable table(kRows);
        const auto chosen = everyThird(kRows);
        const auto encoder = Encoder::fit(table, chosen);
        QVERIFY(encoder);
        const EncodedSamples inMemory(table, encoder.value(), chosen, kPlenty);
        const EncodedSamples nowhere(table, encoder.value(), chosen, 0);
        QCOMPARE(bitsOf(nowhere), bitsOf(inMemory));
        qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8());
    }

    void trainingGivesBitEqualLossesAlsoWhenItIsResumed()
    {
        const ScatteredTable table(kRows);
        const auto chosen = everyThird(kRows);
        const auto encoder = Encoder::fit(table, chosen);
        QVERIFY(encoder);
        const EncodedSamples inMemory(table, encoder.value(), chosen, kPlenty);
        const auto expected = lossesOver(inMemory, 0);
        QCOMPARE(expected.size(), std::size_t{250});
        const EncodedSamples inFile(table, encoder.value(), chosen, 0);
        QCOMPARE(lossesOver(inFile, 0), expected);
        const EncodedSamples resumed(table, encoder.value(), chosen, 0);
        QCOMPARE(lossesOver(resumed, 77), expected);
    }

private:
    QTemporaryDir m_cache{QDir::currentPath() + "/scratch-XXXXXX"}; ///< on a disk; /tmp may be memory
};

QTEST_GUILESS_MAIN(TestLargeTraining)
#include "tst_large_training.moc"
