#include <csignal>
#include <random>

#include <QElapsedTimer>
#include <QFileInfo>
#include <QTest>

#include "app/catalog/catalog.h"
#include "tests/runner/runner_fixture.h"

using namespace ty;

namespace {

constexpr int kLongestMilliseconds = 120000;

/// Two classes and a value that columns tell a little of: no learner is done with it at once.
QString noisyCsv(const RunnerFixture& f, int rows)
{
    std::mt19937 random(20261122);
    std::normal_distribution<double> normal;
    std::string text = "a,b,c,d,e,kind,size\n";
    for (int i = 0; i < rows; ++i) {
        const double a = normal(random);
        const double b = normal(random);
        const double c = normal(random);
        const double value = a * b + 0.5 * c + normal(random);
        text += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(c) + "," + std::to_string(normal(random)) + ","
            + std::to_string(normal(random)) + "," + (value > 0 ? "up" : value > -1 ? "flat" : "down") + "," + std::to_string(value)
            + "\n";
    }
    return f.write(QStringLiteral("noisy.csv"), text);
}

/// Without reading the events one by one: the machine is busy with what is to be killed.
std::size_t checkpointsTold(const std::string& folder)
{
    const std::string text = readFile(RunFolder{folder}.eventsFile()).valueOr({});
    std::size_t count = 0;
    for (std::size_t at = text.find("\"event\":\"checkpoint\""); at != std::string::npos; ++count) {
        at = text.find("\"event\":\"checkpoint\"", at + 1);
    }
    return count;
}

} // namespace

/// kill -9 of learners that are no networks: the run goes on from its last checkpoint to the very same model.
class TestResumeLearners : public QObject {
    Q_OBJECT

    /// Runs, and kills it as soon as `isDue` says so. Result: whether it was killed.
    template<typename IsDue>
    static bool runAndKill(const RunnerFixture& f, const QStringList& arguments, const IsDue& isDue)
    {
        QProcess process;
        f.prepare(process);
        process.setStandardOutputFile(QProcess::nullDevice());
        process.start(f.program(), arguments);
        while (!process.waitForFinished(5)) {
            if (isDue()) {
                ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
                process.waitForFinished();
                return process.exitStatus() == QProcess::CrashExit;
            }
        }
        return false;
    }

private slots:
    void aKilledRunGivesTheModelOfAnUnbrokenOne_data()
    {
        QTest::addColumn<QString>("learner");
        QTest::addColumn<QString>("target");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QStringList>("settings");
        QTest::newRow("random forest") << "forest" << "kind" << 4000 << QStringList{"trees=1500"};
        QTest::newRow("forest of values") << "extra-trees" << "size" << 4000 << QStringList{"trees=1500", "sampling=bootstrap"};
        QTest::newRow("boosting") << "boost" << "kind" << 4000 << QStringList{"rounds=300", "patience=1000", "rowShare=0.7"};
        QTest::newRow("boosting of values") << "boost" << "size" << 4000 << QStringList{"rounds=400", "patience=1000", "maxDepth=9"};
        QTest::newRow("support vectors, three machines") << "svm" << "kind" << 4000 << QStringList{"cost=100", "cacheSize=16"};
        QTest::newRow("support vectors of values") << "svm" << "size" << 4000 << QStringList{"cost=100", "cacheSize=16"};
        QTest::newRow("k-means") << "k-means" << "kind" << 4000 << QStringList{"groups=40", "restarts=10", "passes=60", "tolerance=0"};
        QTest::newRow("Gaussian mixture") << "mixture" << "kind" << 4000 << QStringList{"groups=12", "passes=150", "tolerance=0"};
    }

    void aKilledRunGivesTheModelOfAnUnbrokenOne()
    {
        QFETCH(QString, learner);
        QFETCH(QString, target);
        QFETCH(int, rows);
        QFETCH(QStringList, settings);
        RunnerFixture f;
        QStringList arguments{
            "--data", noisyCsv(f, rows), "--target", target, "--learner", learner, "--seed", "5", "--set", "checkpointSeconds=0.05"};
        for (const QString& setting : settings) {
            arguments << "--set" << setting;
        }
        const Ended whole = f.run(QStringList{"train"} + arguments + QStringList{"--out", "whole", "--threads", "1"});
        QVERIFY2(whole.code == 0, whole.err);

        const auto paths = catalog::Paths::below(f.file("home"));
        RunSpec spec = RunSpec::load(f.file("whole/run.json")).value();
        spec.name = "killed";
        QVERIFY(catalog::Catalog::open(paths).value()->createRun(spec));
        const std::string folder = paths.runsFolder() + "/killed";
        const QStringList again{
            "train", QString::fromStdString(RunFolder{folder}.specFile()), "--out", QString::fromStdString(folder), "--threads", "2"};
        // After its first checkpoint; then, resumed, after the first one more.
        int killed = 0;
        for (std::size_t wanted = 1; wanted <= 2; ++wanted) {
            const bool isKilled = runAndKill(f, wanted == 1 ? again : again + QStringList{"--resume"}, [&] {
                return checkpointsTold(folder) >= wanted;
            });
            killed += isKilled ? 1 : 0;
            auto opened = catalog::Catalog::open(paths);
            QVERIFY(opened && opened.value()->repair());
            const auto run = opened.value()->findRun("killed").value();
            QVERIFY2(run && run->isResumable, isKilled ? "it was killed" : "it ended before it was killed");
            QVERIFY(!isKilled || run->state == catalog::RunState::Interrupted);
        }
        QVERIFY(killed > 0);
        const Ended last = f.run(again + QStringList{"--resume"});
        QVERIFY2(last.code == 0, last.err);
        QVERIFY(readFile(folder + "/model/weights.safetensors").value() == readFile(f.file("whole/model/weights.safetensors")).value());
        const Json ended = f.ofType(f.events(folder), "finished").back().fields;
        const Json expected = f.ofType(f.events(f.file("whole")), "finished").back().fields;
        QCOMPARE(ended["metrics"].dump(), expected["metrics"].dump());
        QCOMPARE(ended["outcome"].dump(), expected["outcome"].dump());
        QCOMPARE(ended["bestEpoch"].dump(), expected["bestEpoch"].dump());
        QVERIFY(f.ofType(f.events(folder), "started").back().fields.contains("resumedFrom"));
        QVERIFY(treeBytes(folder + "/checkpoints") > 0); // kept as those of networks are
    }

    void aPausedRunThatIsStoppedGoesOnToo()
    {
        RunnerFixture f;
        const QStringList arguments{
            "--data", noisyCsv(f, 4000), "--target", "kind", "--learner", "svm", "--set", "cost=100", "--set", "cacheSize=16"};
        const Ended whole = f.run(QStringList{"train"} + arguments + QStringList{"--out", "whole"});
        QVERIFY2(whole.code == 0, whole.err);
        QProcess process;
        f.prepare(process);
        process.start(f.program(), QStringList{"train"} + arguments + QStringList{"--out", "paused", "--events", "jsonl"});
        const auto waitForState = [&](const char* state) {
            QElapsedTimer timer;
            for (timer.start(); timer.elapsed() < kLongestMilliseconds; QTest::qWait(5)) {
                for (const RunEvent& event : f.ofType(f.events(f.file("paused")), "state")) {
                    if (event.fields["state"] == state) {
                        return true;
                    }
                }
            }
            return false;
        };
        QVERIFY(process.waitForReadyRead(kLongestMilliseconds));
        process.write("{\"command\":\"pause\"}\n");
        QVERIFY(waitForState("paused"));
        const auto steps = f.ofType(f.events(f.file("paused")), "step").size();
        QTest::qWait(300);
        QCOMPARE(f.ofType(f.events(f.file("paused")), "step").size(), steps);
        process.write("{\"command\":\"stop\"}\n");
        QVERIFY(process.waitForFinished(kLongestMilliseconds));
        const Ended last = f.run(QStringList{"train"} + arguments + QStringList{"--out", "paused", "--resume"});
        QVERIFY2(last.code == 0, last.err);
        QVERIFY(readFile(f.file("paused/model/weights.safetensors")).value() == readFile(f.file("whole/model/weights.safetensors")).value());
    }

    void aKilledChainOrWorldIsLearnedAsIfItHadNotBeen_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::newRow("hidden Markov model") << QStringList{"sequence", "noisy.csv", "--column", "size", "--states", "6", "--restarts", "20"};
        QTest::newRow("Q-learning") << QStringList{"world", "--episodes", "1500000", "--slip", "0.2"};
    }

    void aKilledChainOrWorldIsLearnedAsIfItHadNotBeen()
    {
        QFETCH(QStringList, command);
        RunnerFixture f;
        noisyCsv(f, 4000);
        command << "--json" << "--checkpoint" << "state.json" << "--checkpoint-seconds" << "0.05";
        const Ended whole = f.run(command);
        QVERIFY2(whole.code == 0, whole.err);
        QVERIFY(!QFileInfo::exists(f.path("state.json"))); // it is of no use any more
        QVERIFY(runAndKill(f, command, [&] { return QFileInfo::exists(f.path("state.json")); }));
        const Ended other = f.run(command + QStringList{"--seed", "77"});
        QVERIFY(other.code != 0); // another question than the one that was begun
        QVERIFY2(other.err.contains("state.json"), other.err);
        const Ended last = f.run(command);
        QVERIFY2(last.code == 0, last.err);
        QCOMPARE(last.out, whole.out);
    }
};

QTEST_GUILESS_MAIN(TestResumeLearners)
#include "tst_resume_learners.moc"
