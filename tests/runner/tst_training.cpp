#include <csignal>

#include <QElapsedTimer>
#include <QTest>

#include <QDir>
#include <QFileInfo>
#include <QThread>

#include "engine/base/folder_lock.h"
#include "tests/runner/runner_fixture.h"

using namespace ty;

class TestTraining : public QObject {
    Q_OBJECT

private slots:
    void outputAndFileHoldTheSameNumberedLines();
    void folderHoldsWhatTheDesignSays();
    void textFormIsForPeople();
    void runJsonTrainsTheSameAsFlags();
    void anotherRunsFolderIsRefused();
    void twoRunnersDoNotShareAFolder();
    void commandsPauseResumeSetAndFinish();
    void firstSignalStopsWithACheckpoint();
    void closedOutputDoesNotEndTheTraining();
    void stoppedAndResumedRunGivesTheSameLosses();
    void resumedRunKeepsItsThreads();
    void epochKilledBeforeItsReportIsReportedOnResume();
    void resumeOnChangedDataIsWarnedOf();
    void resumeWithoutAReadableCheckpointIsSaid();
    void resumeExtends();
    void resumeRefusesWhatItCannotHonour();
    void runBeginsWithTheWeightsOfAnother();
    void weightsOfAnotherNetworkAreRefused();
    void partOfARunIsEvaluatedAsTheRunDidIt();
    void checkpointIsExported();
    void badCommandsAreWarnedOfAndIgnored();

private:
    static QStringList trainArguments(const QString& data, const QString& out, int epochs)
    {
        return {"train", "--data", data, "--preset", "fast", "--set", QString("epochs=%1").arg(epochs),
                "--set", "patience=10000", "--threads", "1", "--seed", "5", "--out", out};
    }
    /// Waits until the run has emitted `count` events of `type`.
    static bool waitFor(const std::string& folder, const std::string& type, std::size_t count)
    {
        return QTest::qWaitFor(
            [&] { return RunnerFixture::ofType(RunnerFixture::events(folder), type).size() >= count; }, 20000);
    }
};

void TestTraining::outputAndFileHoldTheSameNumberedLines()
{
    RunnerFixture f;
    const Ended ended = f.run(trainArguments(f.cloudsCsv(), "run", 3));
    QVERIFY2(ended.code == 0, ended.err);
    QCOMPARE(ended.out, QByteArray::fromStdString(readFile(f.file("run/events.jsonl")).valueOr({})));
    const auto events = f.events(f.file("run"));
    QCOMPARE(events.front().type, std::string("started"));
    QCOMPARE(events.back().type, std::string("finished"));
    for (std::size_t i = 0; i < events.size(); ++i) {
        QCOMPARE(events[i].seq, i + 1);
    }
    QCOMPARE(f.ofType(events, "data").size(), 1U);
    QCOMPARE(f.ofType(events, "plan").size(), 1U);
    QCOMPARE(f.ofType(events, "epoch").size(), 3U);
    QVERIFY(f.ofType(events, "plan").front().fields["settings"]["epochs"] == Json(3));
}

void TestTraining::folderHoldsWhatTheDesignSays()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "a/b/run", 2)).code, 0);
    for (const char* name : {"run.json", "events.jsonl", "checkpoints", "model/model.json", "evaluation", "log.txt"}) {
        QVERIFY2(pathExists(f.file(std::string("a/b/run/") + name)), name);
    }
    QVERIFY(readFile(f.file("a/b/run/log.txt")).valueOr({}).find("finished") != std::string::npos);
}

void TestTraining::textFormIsForPeople()
{
    RunnerFixture f;
    const Ended ended = f.run(trainArguments(f.cloudsCsv(), "run", 2) + QStringList{"--events", "text"});
    QCOMPARE(ended.code, 0);
    QVERIFY2(ended.out.contains("epoch 2/2") && ended.out.contains("finished"), ended.out);
    QVERIFY(!ended.out.contains("\033") && !ended.out.contains('{'));
}

void TestTraining::runJsonTrainsTheSameAsFlags()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "one", 3)).code, 0);
    const Ended ended = f.run({"train", "one/run.json", "--threads", "1", "--out", "two"});
    QVERIFY2(ended.code == 0, ended.err);
    const auto one = f.ofType(f.events(f.file("one")), "epoch");
    const auto two = f.ofType(f.events(f.file("two")), "epoch");
    QCOMPARE(two.size(), one.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        QVERIFY(one[i].fields["training"] == two[i].fields["training"]);
        QVERIFY(one[i].fields["validation"] == two[i].fields["validation"]);
    }
}

void TestTraining::anotherRunsFolderIsRefused()
{
    RunnerFixture f;
    const QString data = f.cloudsCsv();
    QCOMPARE(f.run(trainArguments(data, "run", 2)).code, 0);
    const std::string before = readFile(f.file("run/events.jsonl")).valueOr({});
    const Ended ended = f.run(trainArguments(data, "run", 3));
    QCOMPARE(ended.code, 1);
    QVERIFY2(ended.err.contains("another run"), ended.err);
    QVERIFY2(ended.err.contains("resume"), ended.err);
    QCOMPARE(readFile(f.file("run/events.jsonl")).valueOr({}), before);
}

void TestTraining::twoRunnersDoNotShareAFolder()
{
    RunnerFixture f;
    QVERIFY(makeFolders(f.file("run")));
    const auto lock = FolderLock::acquire(f.file("run/.lock"));
    QVERIFY(lock);
    const Ended ended = f.run(trainArguments(f.cloudsCsv(), "run", 2));
    QCOMPARE(ended.code, 1);
    QVERIFY2(ended.err.contains("another process"), ended.err);
    QVERIFY(!pathExists(f.file("run/events.jsonl")));
}

void TestTraining::commandsPauseResumeSetAndFinish()
{
    RunnerFixture f;
    QProcess process;
    f.prepare(process);
    process.start(f.program(), trainArguments(f.cloudsCsv(), "run", 10000));
    const std::string run = f.file("run");
    QVERIFY(waitFor(run, "epoch", 2));
    process.write("{\"command\":\"pause\"}\n");
    QVERIFY(waitFor(run, "state", 1));
    const auto paused = f.events(run);
    QVERIFY(f.ofType(paused, "state").back().fields["state"] == Json("paused"));
    QVERIFY(f.ofType(paused, "checkpoint").back().fields["reason"] == Json("pause"));
    QTest::qWait(200);
    QCOMPARE(f.ofType(f.events(run), "epoch").size(), f.ofType(paused, "epoch").size());
    process.write("{\"command\":\"set\",\"name\":\"learningRate\",\"value\":0.0005}\n{\"command\":\"resume\"}\n");
    QVERIFY(waitFor(run, "state", 2));
    QVERIFY(waitFor(run, "set", 1));
    process.write("{\"command\":\"snapshot\"}\n{\"command\":\"finish\"}\n");
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitCode(), 0);
    const auto events = f.events(run);
    QVERIFY(events.back().fields["outcome"] == Json("finished-now"));
    QVERIFY(pathExists(run + "/model/model.json"));
}

void TestTraining::firstSignalStopsWithACheckpoint()
{
    for (const int signal : {SIGINT, SIGTERM}) {
        RunnerFixture f;
        QProcess process;
        f.prepare(process);
        process.start(f.program(), trainArguments(f.cloudsCsv(), "run", 10000));
        QVERIFY(waitFor(f.file("run"), "epoch", 2));
        ::kill(static_cast<pid_t>(process.processId()), signal);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 5);
        const auto events = f.events(f.file("run"));
        QCOMPARE(events.back().type, std::string("finished"));
        QVERIFY(events.back().fields["outcome"] == Json("stopped"));
        QVERIFY(f.ofType(events, "checkpoint").back().fields["reason"] == Json("stop"));
    }
}

void TestTraining::closedOutputDoesNotEndTheTraining()
{
    RunnerFixture f;
    QProcess process;
    f.prepare(process);
    process.start(f.program(), trainArguments(f.cloudsCsv(), "run", 60));
    QVERIFY(waitFor(f.file("run"), "epoch", 1));
    process.closeReadChannel(QProcess::StandardOutput);
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitCode(), 0);
    QCOMPARE(f.ofType(f.events(f.file("run")), "epoch").size(), 60U);
}

void TestTraining::stoppedAndResumedRunGivesTheSameLosses()
{
    RunnerFixture f;
    const QString data = f.cloudsCsv();
    QCOMPARE(f.run(trainArguments(data, "whole", 40)).code, 0);
    QProcess process;
    f.prepare(process);
    process.start(f.program(), trainArguments(data, "run", 40));
    QVERIFY(waitFor(f.file("run"), "epoch", 3));
    process.write("{\"command\":\"stop\"}\n");
    QVERIFY(process.waitForFinished(60000));
    QVERIFY(process.exitCode() == 5 || process.exitCode() == 0); // it may have been done already
    if (process.exitCode() == 5) {
        const Ended resumed = f.run({"train", "--out", "run", "--resume", "--threads", "1"});
        QVERIFY2(resumed.code == 0, resumed.err);
    }
    const auto whole = f.ofType(f.events(f.file("whole")), "epoch");
    const auto parts = f.ofType(f.events(f.file("run")), "epoch");
    QCOMPARE(parts.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        QVERIFY(whole[i].fields["training"] == parts[i].fields["training"]);
        QVERIFY(whole[i].fields["validation"] == parts[i].fields["validation"]);
    }
    const auto events = f.events(f.file("run"));
    for (std::size_t i = 1; i < events.size(); ++i) {
        QVERIFY(events[i].seq > events[i - 1].seq);
    }
}

void TestTraining::resumedRunKeepsItsThreads()
{
    if (QThread::idealThreadCount() < 2) {
        QSKIP("one processor");
    }
    // With two threads a convolution's sums are of another order than with one, which an automatic choice would take.
    RunnerFixture f;
    const auto arguments = [](const QString& folder) {
        return QStringList{
            "train", "--data", "sample:digits", "--out", folder, "--seed", "7", "--threads", "2", "--set", "size=small",
            "--set", "epochs=12", "--set", "checkpointSeconds=0.05"};
    };
    QCOMPARE(f.run(arguments("whole")).code, 0);
    QProcess process;
    f.prepare(process);
    process.start(f.program(), arguments("run"));
    QVERIFY(waitFor(f.file("run"), "epoch", 2));
    process.kill();
    QVERIFY(process.waitForFinished(60000));

    const Ended resumed = f.run({"train", "--out", "run", "--resume"});

    QVERIFY2(resumed.code == 0, resumed.err);
    const auto whole = f.ofType(f.events(f.file("whole")), "epoch");
    const auto parts = f.ofType(f.events(f.file("run")), "epoch");
    QVERIFY(!parts.empty());
    QVERIFY(whole.back().fields["training"] == parts.back().fields["training"]);
    QVERIFY(whole.back().fields["validation"] == parts.back().fields["validation"]);
}

void TestTraining::epochKilledBeforeItsReportIsReportedOnResume()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "run", 3)).code, 0);
    // As if it had been killed after the last checkpoint: no report of the last epoch, no end.
    const auto whole = f.events(f.file("run"));
    std::string text;
    for (const RunEvent& event : whole) {
        if (event.type == "epoch" && event.fields["epoch"] == Json(3)) {
            break;
        }
        text += event.toLine() + "\n";
    }
    QVERIFY(writeFileAtomically(f.file("run/events.jsonl"), text));
    const Ended ended = f.run({"train", "--out", "run", "--resume", "--threads", "1"});
    QVERIFY2(ended.code == 0, ended.err);
    const auto before = f.ofType(whole, "epoch");
    const auto after = f.ofType(f.events(f.file("run")), "epoch");
    QCOMPARE(after.size(), before.size());
    QVERIFY(after.back().fields == before.back().fields);
}

void TestTraining::resumeOnChangedDataIsWarnedOf()
{
    RunnerFixture f;
    const QString data = f.cloudsCsv();
    QCOMPARE(f.run(trainArguments(data, "run", 2)).code, 0);
    const auto warnings = [&] {
        std::string text;
        for (const RunEvent& event : f.ofType(f.events(f.file("run")), "warning")) {
            text += event.fields.value("text", std::string()) + "\n";
        }
        return QString::fromStdString(text);
    };
    QCOMPARE(f.run({"train", "--out", "run", "--resume", "--set", "epochs=3", "--threads", "1"}).code, 0);
    QVERIFY2(!warnings().contains("content has changed"), qPrintable(warnings()));

    const std::string file = QFileInfo(data).isAbsolute() ? data.toStdString() : f.file(data.toUtf8().constData());
    const std::string text = readFile(file).valueOr({});
    const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
    QVERIFY(writeFileAtomically(file, text + last));
    const Ended ended = f.run({"train", "--out", "run", "--resume", "--set", "epochs=4", "--threads", "1"});
    QVERIFY2(ended.code == 0, ended.err);
    QVERIFY2(warnings().contains("content has changed"), qPrintable(warnings()));
}

void TestTraining::resumeWithoutAReadableCheckpointIsSaid()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "run", 3)).code, 0);
    QDir checkpoints(QString::fromStdString(f.file("run/checkpoints")));
    const QStringList names = checkpoints.entryList(QDir::Files);
    QVERIFY(!names.isEmpty());
    for (const QString& name : names) {
        QVERIFY(writeFileAtomically(checkpoints.filePath(name).toStdString(), "torn"));
    }
    const Ended ended = f.run({"train", "--out", "run", "--resume", "--threads", "1"});
    QVERIFY2(ended.code == 0, ended.err);
    const auto warnings = f.ofType(f.events(f.file("run")), "warning");
    QVERIFY(!warnings.empty());
    const std::string text = warnings.back().fields.value("text", std::string());
    QVERIFY2(text.starts_with("no checkpoint of this run can be read, so it begins anew: "), text.c_str());
    QVERIFY2(text.find(names.back().toStdString()) != std::string::npos, text.c_str());
}

void TestTraining::resumeExtends()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "run", 3)).code, 0);
    const Ended ended = f.run({"train", "--out", "run", "--resume", "--set", "epochs=5", "--threads", "1"});
    QVERIFY2(ended.code == 0, ended.err);
    QCOMPARE(f.ofType(f.events(f.file("run")), "epoch").size(), 5U);
}

void TestTraining::resumeRefusesWhatItCannotHonour()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "run", 3)).code, 0);
    const std::string events = readFile(f.file("run/events.jsonl")).valueOr({});
    const Ended ended = f.run({"train", "--out", "run", "--resume", "--seed", "7", "--set", "batchSize=4"});
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.contains("seed") && ended.err.contains("batchSize") && ended.err.contains("--from"), ended.err);
    QCOMPARE(readFile(f.file("run/events.jsonl")).valueOr({}), events); // the run is as it was
    // What is said again as it was is no difference.
    const Ended same = f.run({"train", "--out", "run", "--resume", "--seed", "5", "--data", f.cloudsCsv()});
    QVERIFY2(same.code == 0, same.err);
}

void TestTraining::runBeginsWithTheWeightsOfAnother()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "first", 6)).code, 0);
    QStringList arguments = trainArguments(f.cloudsCsv(), "second", 2);
    arguments << "--from" << "first";
    const Ended ended = f.run(arguments);
    QVERIFY2(ended.code == 0, ended.err);
    const auto first = f.ofType(f.events(f.file("first")), "epoch");
    const auto second = f.ofType(f.events(f.file("second")), "epoch");
    QCOMPARE(second.size(), 2U);
    QVERIFY(second.front().fields["training"]["loss"] < first.front().fields["training"]["loss"]);
    const auto notes = f.ofType(f.events(f.file("second")), "note");
    QVERIFY(!notes.empty() && notes.front().fields["text"].get<std::string>().find("first") != std::string::npos);
}

void TestTraining::weightsOfAnotherNetworkAreRefused()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "first", 2)).code, 0);
    QStringList arguments = trainArguments(f.cloudsCsv(), "second", 2);
    arguments << "--learner" << "linear" << "--from" << "first";
    const Ended ended = f.run(arguments);
    QCOMPARE(ended.code, 1);
    QVERIFY2(ended.err.contains("weights.safetensors"), ended.err);
    arguments.last() = "nowhere";
    QCOMPARE(f.run(arguments).code, 2);
}

void TestTraining::partOfARunIsEvaluatedAsTheRunDidIt()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "run", 3)).code, 0);
    const auto metricsOf = [&f](const QStringList& arguments) {
        const Ended ended = f.run(arguments);
        const auto json = parseJson(ended.out.toStdString(), "evaluate");
        return json ? json.value()["metrics"] : Json();
    };
    const auto finished = f.ofType(f.events(f.file("run")), "finished");
    const Json validation = metricsOf({"evaluate", "--model", "run", "--part", "validation", "--json"});
    QVERIFY(validation["accuracy"] == finished.back().fields["metrics"]["validation"]["accuracy"]);
    QVERIFY(metricsOf({"evaluate", "--model", "run/model", "--part", "training", "--json"}).contains("accuracy"));
    QCOMPARE(f.run({"evaluate", "--model", "run", "--part", "test"}).code, 2); // it had none
    QCOMPARE(f.run({"evaluate", "--model", "run"}).code, 2);
    const Ended told = f.run({"evaluate", "--model", "run", "--data", f.cloudsCsv(), "--json"});
    QVERIFY2(!told.err.contains("progress"), told.err);
}

void TestTraining::checkpointIsExported()
{
    RunnerFixture f;
    QCOMPARE(f.run(trainArguments(f.cloudsCsv(), "run", 3)).code, 0);
    const auto checkpoints = f.ofType(f.events(f.file("run")), "checkpoint");
    const QString file = "run/" + QString::fromStdString(checkpoints.back().fields["file"].get<std::string>());
    const Ended ended
        = f.run({"export", "--model", "run", "--checkpoint", file, "--format", "onnx", "--out", "epoch.onnx", "--json"});
    QVERIFY2(ended.code == 0, ended.err);
    QVERIFY(ended.out.contains("maxDifference"));
}

void TestTraining::badCommandsAreWarnedOfAndIgnored()
{
    RunnerFixture f;
    QProcess process;
    f.prepare(process);
    process.start(f.program(), trainArguments(f.cloudsCsv(), "run", 10000));
    QVERIFY(waitFor(f.file("run"), "epoch", 1));
    process.write("nonsense\n{\"command\":7}\n{\"command\":\"dance\"}\n{\"command\":\"set\",\"name\":\"epochs\",\"value\":\"x\"}\n");
    QVERIFY(waitFor(f.file("run"), "warning", 2));
    process.write("{\"command\":\"stop\"}\n");
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitCode(), 5);
    QVERIFY(process.readAllStandardError().contains("not understood"));
}

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
