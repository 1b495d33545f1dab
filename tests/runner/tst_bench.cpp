#include <QTest>

#include <string>

#include <QFile>

#include "tests/runner/runner_fixture.h"

using namespace ty;

namespace {

double number(const Json& json, const char* name)
{
    return json.value(name, -1.0);
}

} // namespace

/// `trainyard-run bench --suite training`, on its smallest network.
class TestBench : public QObject {
    Q_OBJECT

private slots:
    void itsFiguresBelongTogether();
    void theRatioIsThatOfPairsOfTurns();
    void aPeerThatIsNotThereIsNamedAndTheRestIsMeasured();
    void aPeerWithoutATimeIsRefused();
    void unknownNetworksAreRefusedWithThoseThatThereAre();
};

void TestBench::itsFiguresBelongTogether()
{
    const Ended ended = RunnerFixture().run({"bench", "--case", "iris", "--seconds", "0.2", "--json", "--nodes"});
    QCOMPARE(ended.code, 0);
    const Json result = ended.json()["results"][0];
    QCOMPARE(result.value("name", ""), std::string("iris"));
    const double step = number(result, "stepMs");
    QVERIFY(number(result, "fastestStepMs") > 0 && number(result, "fastestStepMs") <= step);
    QVERIFY(number(result, "ratioToFloor") > 0 && number(result, "floorMs") > number(result, "kernelFloorMs"));
    QVERIFY(qFuzzyCompare(number(result, "samplesPerSecond"), number(result, "batch") / step * 1e3));
    double library = 0;
    double all = 0;
    for (const Json& node : result["nodes"]) {
        all += number(node, "us") / 1e3;
        library += node.value("libraryKernel", false) ? number(node, "us") / 1e3 : 0;
    }
    QVERIFY(library > 0 && qFuzzyCompare(library, number(result, "kernelFloorMs")));
    QVERIFY(all > library && qFuzzyCompare(all, number(result, "nodesAloneMs")));
    QVERIFY(number(result, "peakResidentMiB") > 1);
    QVERIFY(!result.contains("timesFasterThanPeer"));
}

void TestBench::theRatioIsThatOfPairsOfTurns()
{
    // A peer whose steps take 100 s, but in every fourth turn there are fifty of one second: most of its steps, in few turns.
    RunnerFixture fixture;
    const QString peer = fixture.write(QStringLiteral("peer.py"), R"(#!/usr/bin/python3
import json, sys
sys.stdin.readline()
print(json.dumps({"framework": "Metronome 1.0", "parameters": 19}), flush=True)
for turn, line in enumerate(sys.stdin):
    asked = json.loads(line)
    seconds = [1.0] * 50 if turn % 4 == 3 else [100.0] * asked["fewest"]
    print(json.dumps({"seconds": seconds, "peakResidentMiB": 7}), flush=True)
)");
    QVERIFY(QFile::setPermissions(peer, QFile::permissions(peer) | QFileDevice::ExeOwner));
    fixture.setVariable("TRAINYARD_PYTHON", peer);
    const Ended ended = fixture.run({"bench", "--case", "iris", "--seconds", "0.5", "--peer", "--json"});
    QCOMPARE(ended.code, 0);
    const Json result = ended.json()["results"][0];
    QCOMPARE(result["peer"].value("framework", ""), std::string("Metronome 1.0"));
    QCOMPARE(number(result["peer"], "peakResidentMiB"), 7.0);
    QCOMPARE(number(result["peer"], "fastestStepMs"), 1e3);
    QVERIFY(number(result["pairs"], "count") >= 5);
    // Most pairs met the slow peer. Our own steps are not a tenth of their fastest, whatever else this machine does.
    const double most = 100e3 / number(result, "fastestStepMs");
    const double ratio = number(result, "timesFasterThanPeer");
    QVERIFY2(ratio > most / 20 && ratio <= most, qPrintable(QStringLiteral("%1 of %2").arg(ratio).arg(most)));
    QVERIFY(number(result["pairs"], "lowerQuartile") <= ratio && ratio <= number(result["pairs"], "upperQuartile"));
}

void TestBench::aPeerThatIsNotThereIsNamedAndTheRestIsMeasured()
{
    RunnerFixture fixture;
    fixture.setVariable("TRAINYARD_PYTHON", fixture.path("no-python"));
    const Ended ended = fixture.run({"bench", "--case", "iris", "--seconds", "0.2", "--peer", "--json"});
    const Json result = ended.json()["results"][0];
    QVERIFY(number(result, "stepMs") > 0);
    QVERIFY(!result.contains("timesFasterThanPeer"));
    const QString error = QString::fromStdString(result["peer"].dump());
    QVERIFY2(error.contains("no-python") && error.contains("python3-torch"), qPrintable(error));
}

void TestBench::aPeerWithoutATimeIsRefused()
{
    RunnerFixture fixture;
    const QString peer = fixture.write(QStringLiteral("peer.py"), R"(#!/usr/bin/python3
import json, sys
sys.stdin.readline()
print(json.dumps({"framework": "Silence 1.0", "parameters": 19}), flush=True)
for line in sys.stdin:
    print(json.dumps({"seconds": [], "peakResidentMiB": 7}), flush=True)
)");
    QVERIFY(QFile::setPermissions(peer, QFile::permissions(peer) | QFileDevice::ExeOwner));
    fixture.setVariable("TRAINYARD_PYTHON", peer);
    const Ended ended = fixture.run({"bench", "--case", "iris", "--seconds", "0.1", "--peer", "--json"});
    QVERIFY(!ended.isCrashed && ended.code != 0);
    const QString error = QString::fromStdString(ended.json().dump());
    QVERIFY2(error.contains("holds no time of a step"), qPrintable(error));
}

void TestBench::unknownNetworksAreRefusedWithThoseThatThereAre()
{
    const Ended ended = RunnerFixture().run({"bench", "--case", "irises"});
    QVERIFY(ended.code != 0);
    QVERIFY(ended.err.contains("irises"));
    QVERIFY(ended.err.contains("resnet50"));
}

QTEST_GUILESS_MAIN(TestBench)
#include "tst_bench.moc"
