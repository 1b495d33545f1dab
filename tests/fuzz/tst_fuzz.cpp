#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <QTest>

#include "tests/fuzz/fuzz_targets.h"
#include "tests/fuzz/mutator.h"

using namespace ty;
using namespace ty::fuzz;
using Clock = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__)
/// libsndfile does not free what libvorbis has begun with where a damaged Ogg file ends early.
extern "C" const char* __lsan_default_suppressions()
{
    return "leak:vorbis_info_init\n";
}
#endif

namespace {

constexpr double kSecondsEach = 0.8; // TRAINYARD_FUZZ_SECONDS sets another time
#if defined(__SANITIZE_ADDRESS__)
constexpr double kSlowSeconds = 50; // ten times as slow
#else
constexpr double kSlowSeconds = 5; // one small input may never take this long, on a busy machine too
#endif

/// Good files, one a file of the corpus.
std::vector<std::string> seedsOf(const std::string& target)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(TRAINYARD_SOURCE_DIR "/tests/fuzz/corpus/" + target)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end()); // the order of a folder differs between machines
    std::vector<std::string> seeds;
    for (const auto& file : files) {
        std::ifstream stream(file, std::ios::binary);
        std::ostringstream bytes;
        bytes << stream.rdbuf();
        seeds.push_back(bytes.str());
    }
    return seeds;
}

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

} // namespace

class TestFuzz : public QObject {
    Q_OBJECT

private slots:
    void damagedInputsComeBack_data();
    void damagedInputsComeBack();
    void theMutatorRepeatsItself();
};

void TestFuzz::damagedInputsComeBack_data()
{
    QTest::addColumn<QString>("name");
    for (const auto& target : fuzzTargets()) {
        QTest::newRow(target.name.c_str()) << QString::fromStdString(target.name);
    }
}

void TestFuzz::damagedInputsComeBack()
{
    QFETCH(QString, name);
    const auto* target = findTarget(name.toStdString());
    const auto seeds = seedsOf(target->name);
    QVERIFY(!seeds.empty());
    bool isSet = false;
    const double wanted = qEnvironmentVariable("TRAINYARD_FUZZ_SECONDS").toDouble(&isSet);
    const double seconds = isSet ? wanted : kSecondsEach;

    target->run("");
    for (const auto& seed : seeds) {
        target->run(seed);
    }
    const Mutator mutator(seeds);
    Random random(1, std::hash<std::string>{}(target->name));
    int count = 0;
    const auto begin = Clock::now();
    while (secondsSince(begin) < seconds) {
        const auto input = mutator.next(random);
        const auto before = Clock::now();
        target->run(input);
        if (secondsSince(before) > kSlowSeconds) {
            QFAIL(qPrintable("too slow, input in hex: " + QByteArray::fromStdString(input.substr(0, 2000)).toHex()));
        }
        ++count;
    }
    qInfo("%d damaged inputs", count);
}

void TestFuzz::theMutatorRepeatsItself()
{
    const Mutator mutator({"alpha,beta\n1,2\n", "{\"a\": 17}"});
    Random first(4);
    Random second(4);
    bool hasChange = false;
    for (int i = 0; i < 200; ++i) {
        const auto input = mutator.next(first);
        QCOMPARE(mutator.next(second), input);
        hasChange = hasChange || (input != "alpha,beta\n1,2\n" && input != "{\"a\": 17}");
    }
    QVERIFY(hasChange);
}

QTEST_GUILESS_MAIN(TestFuzz)
#include "tst_fuzz.moc"
