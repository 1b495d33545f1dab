#include <QTest>

#include <cstdint>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "tests/runner/runner_fixture.h"

using namespace ty;

namespace {

constexpr rlim_t kMebi = rlim_t{1} << 20;
constexpr rlim_t kAllowed = 112 * kMebi; ///< the program itself takes about half of it

/// Rows of 24 bytes that are 160 for a network: two numbers, and one of 38 words.
std::string largeTable(std::uint64_t rows)
{
    Random random(1);
    std::string text = "a,b,word,kind\n";
    for (std::uint64_t i = 0; i < rows; ++i) {
        fmt::format_to(
            std::back_inserter(text), "{:.3f},{:.3f},w{},{}\n", random.normal(),
            random.normal() + (i % 2 == 0 ? -1 : 1), random.below(38), i % 2 == 0 ? "even" : "odd");
    }
    return text;
}

std::string idxHeader(std::initializer_list<std::uint32_t> extents)
{
    std::string bytes = {0, 0, 8, static_cast<char>(extents.size())};
    for (const std::uint32_t extent : extents) {
        for (const int shift : {24, 16, 8, 0}) {
            bytes += static_cast<char>(extent >> shift & 0xff);
        }
    }
    return bytes;
}

} // namespace

/// Runs on data that are larger than the memory that the system lets them take, against runs that take what they want.
class TestLargeData : public QObject {
    Q_OBJECT

private slots:
    void aTableThatDoesNotFitTrainsTheSame()
    {
        RunnerFixture f;
        f.write("table.csv", largeTable(900'000)); // 144 MB for the network
        trainBoth(f, {"--data", "table.csv", "--set", "hiddenLayers=4", "--set", "batchSize=1024"});
    }

    void picturesThatDoNotFitTrainTheSame()
    {
        constexpr std::uint32_t kPictures = 150'000; // 118 MB of bytes
        RunnerFixture f;
        Random random(2);
        std::string pixels = idxHeader({kPictures, 28, 28});
        std::string labels = idxHeader({kPictures});
        for (std::uint32_t i = 0; i < kPictures; ++i) {
            const char label = static_cast<char>(random.below(4));
            labels += label;
            pixels.append(784, static_cast<char>(20 * label + static_cast<int>(random.below(60))));
        }
        f.write("idx/train-images-idx3-ubyte", pixels);
        f.write("idx/train-labels-idx1-ubyte", labels);
        trainBoth(f, {"--data", "idx", "--learner", "linear", "--set", "batchSize=512"});
    }

private:
    static void trainBoth(RunnerFixture& f, const QStringList& what)
    {
        if (!kAreMemoryLimitsPossible) {
            QSKIP(kNoMemoryLimits);
        }
        f.setVariable("XDG_CACHE_HOME", QStringLiteral(TRAINYARD_BIN_DIR "/../tests/scratch")); // on a disk; /tmp may be memory
        const QStringList common =
            QStringList{"train"} + what + QStringList{"--test-fraction", "0.1", "--set", "epochs=1", "--threads", "1"};
        const Ended first = f.run(common + QStringList{"--out", "plenty"});
        QVERIFY2(first.code == 0, first.err);
        f.limitData(kAllowed);
        const Ended second = f.run(common + QStringList{"--out", "little"});
        QVERIFY2(second.code == 0, second.err);
        QCOMPARE(epochOf(f, "little"), epochOf(f, "plenty"));
        QCOMPARE(reportOf(f, "little"), reportOf(f, "plenty"));
    }
    /// What the run measured over all its steps, with every digit.
    static std::string epochOf(const RunnerFixture& f, const std::string& run)
    {
        const auto epochs = f.ofType(f.events(f.file(run)), "epoch");
        return epochs.size() != 1 ? std::string("no epoch of ") + run
                                  : epochs[0].fields.at("training").dump() + epochs[0].fields.at("validation").dump();
    }
    static std::string reportOf(const RunnerFixture& f, const std::string& run)
    {
        const auto report = parseJson(readFile(f.file(run + "/evaluation/test.json")).valueOr({}), run);
        return report ? report.value().at("metrics").dump() : std::string("no report of ") + run;
    }
};

QTEST_GUILESS_MAIN(TestLargeData)
#include "tst_large_data.moc"
