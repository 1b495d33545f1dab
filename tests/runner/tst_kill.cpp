#include <csignal>
#include <random>
#include <set>

#include <QElapsedTimer>
#include <QTest>

#include "app/catalog/catalog.h"
#include "tests/runner/runner_fixture.h"

using namespace ty;

/// kill -9 at random moments. TRAINYARD_KILLS says how often (5 if it is not set).
class TestKill : public QObject {
    Q_OBJECT

private slots:
    void noFinishedEpochIsLostAndResumeGivesTheSameLosses();

private:
    static int kills()
    {
        bool isSet = false;
        const int asked = qEnvironmentVariableIntValue("TRAINYARD_KILLS", &isSet);
        constexpr int kUsual = 5;
        return isSet ? asked : kUsual;
    }
};

void TestKill::noFinishedEpochIsLostAndResumeGivesTheSameLosses()
{
    constexpr int kEpochs = 30;
    RunnerFixture f;
    const QString data = f.cloudsCsv(600);
    const QStringList settings{
        "--data", data, "--preset", "fast", "--set", QString("epochs=%1").arg(kEpochs), "--set", "patience=10000",
        "--threads", "1", "--seed", "3"};
    QElapsedTimer timer;
    timer.start();
    const Ended unkilled = f.run(QStringList{"train"} + settings + QStringList{"--out", "whole"});
    QVERIFY2(unkilled.code == 0, unkilled.err);
    const qint64 wholeMilliseconds = timer.elapsed();
    const auto expected = f.ofType(f.events(f.file("whole")), "epoch");
    QCOMPARE(expected.size(), static_cast<std::size_t>(kEpochs));

    const auto paths = catalog::Paths::below(f.file("home"));
    std::mt19937 random(20261121); // a fixed seed; the moments differ all the same, as the machine does
    int done = 0;
    int finished = 0;
    for (int round = 1; done < kills(); ++round) {
        // One run, killed again and again until it ends by itself.
        RunSpec spec;
        {
            auto opened = catalog::Catalog::open(paths);
            QVERIFY(opened);
            auto whole = RunSpec::load(f.file("whole/run.json"));
            QVERIFY(whole);
            spec = whole.value();
            spec.name = "killed-" + std::to_string(round);
            QVERIFY(opened.value()->createRun(spec));
        }
        const std::string folder = paths.runsFolder() + "/" + spec.name;
        const QString runFile = QString::fromStdString(RunFolder{folder}.specFile());
        std::size_t epochsSeen = 0;
        bool isOver = false;
        for (int attempt = 0; !isOver; ++attempt) {
            QProcess process;
            f.prepare(process);
            process.setStandardOutputFile(QProcess::nullDevice());
            QStringList arguments{"train", runFile, "--out", QString::fromStdString(folder), "--threads", "1"};
            if (attempt > 0) {
                arguments << "--resume";
            }
            process.start(f.program(), arguments);
            const bool isKilledNow = done < kills() && attempt < 8;
            if (isKilledNow) {
                const auto wait = std::uniform_int_distribution<qint64>(1, wholeMilliseconds)(random);
                isOver = process.waitForFinished(static_cast<int>(wait));
                if (!isOver) {
                    ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
                    QVERIFY(process.waitForFinished());
                    ++done;
                }
            } else {
                QVERIFY(process.waitForFinished(120000));
                isOver = true;
            }
            if (isOver) {
                const QByteArray words = process.readAllStandardError();
                QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, words);
            }

            // The catalog opens, knows every finished epoch, and none that was there is gone.
            catalog::OpenReport report;
            auto opened = catalog::Catalog::open(paths, &report);
            QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
            QVERIFY(report.movedAside.empty());
            auto repaired = opened.value()->repair();
            QVERIFY2(repaired, repaired ? "" : repaired.error().message.c_str());
            const auto problems = repaired.value().problems;
            for (const std::string& problem : problems) {
                QFAIL(problem.c_str());
            }
            const auto run = opened.value()->findRun(spec.name).value();
            QVERIFY(run);
            QVERIFY(run->state != catalog::RunState::Running);
            const auto epochs = f.ofType(f.events(folder), "epoch");
            const auto points = opened.value()->series(run->id, "training/loss").value();
            QCOMPARE(points.value.size(), epochs.size());
            QVERIFY(epochs.size() >= epochsSeen);
            epochsSeen = epochs.size();
            for (const RunEvent& epoch : epochs) {
                const auto number = epoch.fields["epoch"].get<std::size_t>();
                const Json& truth = expected.at(number - 1).fields;
                QVERIFY2(
                    epoch.fields["training"] == truth["training"] && epoch.fields["validation"] == truth["validation"],
                    qPrintable(QString("round %1, epoch %2").arg(round).arg(number)));
            }
        }
        const auto epochs = f.ofType(f.events(folder), "epoch");
        std::set<int> numbers;
        for (const RunEvent& epoch : epochs) {
            numbers.insert(epoch.fields["epoch"].get<int>());
        }
        QCOMPARE(numbers.size(), static_cast<std::size_t>(kEpochs)); // each one, however often it was begun
        ++finished;
    }
    qInfo("%d kills, %d runs finished with the losses of the unkilled one", done, finished);
}

QTEST_GUILESS_MAIN(TestKill)
#include "tst_kill.moc"
