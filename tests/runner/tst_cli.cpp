#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "tests/runner/runner_fixture.h"

using namespace ty;

/// The command line twin: the program trainyard with a subcommand, without a display.
class TestCli : public QObject {
    Q_OBJECT

private slots:
    void versionAndHelpNeedNoDisplay();
    void wrongUsageIsTwo();
    void whatIsOnlyToldTrainsNothing();
    void trainedRunIsInTheCatalogAndExports();
    void deletedRunComesBackOrFreesTheDisk();
    void dataIsAddedShownAndForgotten();
    void dataIsWrittenInAnotherForm();
    void versionsTellWhatChanged();
    void aNetworkFileBecomesAModelAndMayBeDeleted();
    void aFolderCalledLikeACommandHidesNothing();
    void failedTrainingIsSaidOnce();
    void unknownNamesAreNotFound();

private:
    static Ended trainyard(const RunnerFixture& f, const QStringList& arguments)
    {
        return f.runProgram(QStringLiteral(TRAINYARD_BIN_DIR "/trainyard"), arguments);
    }
    static Ended train(const RunnerFixture& f, const QStringList& more = {})
    {
        return trainyard(
            f, QStringList{"train", "--data", f.cloudsCsv(), "--preset", "fast", "--set", "epochs=2", "--threads", "1"}
                + more);
    }
};

/// Most projects have a folder "data" or "models", and the window needs a display.
void TestCli::aFolderCalledLikeACommandHidesNothing()
{
    const RunnerFixture f;
    const QTemporaryDir project;
    QVERIFY(QDir(project.path()).mkdir(QStringLiteral("data")));
    const Ended listed = f.runProgram(
        "sh", {"-c", "cd \"$1\" && exec \"$2\" data list --json", "sh", project.path(), QStringLiteral(TRAINYARD_BIN_DIR "/trainyard")});
    QVERIFY2(listed.code == 0 && listed.out.trimmed().startsWith("{"), listed.out + listed.err);
}

void TestCli::versionAndHelpNeedNoDisplay()
{
    const RunnerFixture f;
    QVERIFY(trainyard(f, {"--version"}).out.startsWith("trainyard "));
    QVERIFY(trainyard(f, {"--help"}).out.contains("Exit codes"));
    for (const char* noun : {"runs", "data", "models", "trash"}) {
        QCOMPARE(trainyard(f, {noun, "--help"}).code, 0);
        QCOMPARE(trainyard(f, {noun, "list", "--help"}).code, 0);
    }
    QVERIFY(trainyard(f, {"train", "--help"}).out.contains("--resume"));
}

void TestCli::wrongUsageIsTwo()
{
    const RunnerFixture f;
    QCOMPARE(trainyard(f, {"runs"}).code, 2);
    QCOMPARE(trainyard(f, {"runs", "show"}).code, 2);
    QCOMPARE(trainyard(f, {"runs", "list", "--loud"}).code, 2);
    QCOMPARE(trainyard(f, {"train"}).code, 2);
    QCOMPARE(trainyard(f, {"models", "export", "x"}).code, 2);
}

void TestCli::whatIsOnlyToldTrainsNothing()
{
    const RunnerFixture f;
    const Ended spec = trainyard(f, {"train", "--data", "sample:iris", "--print-spec"});
    QVERIFY2(spec.code == 0 && spec.json()["learner"] == Json("network"), spec.out);
    const Ended network = trainyard(f, {"train", "--data", "sample:iris", "--set", "network=playground", "--print-network"});
    QVERIFY2(network.code == 0 && network.out.contains("dense3") && network.out.contains("Parameters:"), network.out);
    QVERIFY(trainyard(f, {"runs", "list", "--json"}).json()["runs"].empty());
}

void TestCli::trainedRunIsInTheCatalogAndExports()
{
    const RunnerFixture f;
    const Ended trained = train(f);
    QVERIFY2(trained.code == 0, trained.err);
    QVERIFY(trained.out.contains("epoch 2/2"));

    const Ended listed = trainyard(f, {"runs", "list", "--json"});
    QVERIFY2(listed.code == 0, listed.err);
    const Json runs = listed.json()["runs"];
    QCOMPARE(runs.size(), 1U);
    QVERIFY(runs[0]["name"] == Json("clouds-fast-1"));
    QVERIFY(runs[0]["state"] == Json("finished"));
    QVERIFY(runs[0]["epochs"] == Json(2));
    QVERIFY(trainyard(f, {"runs", "list"}).out.contains("clouds-fast-1"));
    const Json shown = trainyard(f, {"runs", "show", "clouds-fast-1", "--json"}).json();
    QVERIFY(shown["settings"]["epochs"] == Json(2));
    QVERIFY(shown["metrics"].contains("training/loss"));

    QCOMPARE(trainyard(f, {"runs", "export", "1", "--out", f.path("points.csv")}).code, 0);
    QVERIFY(readFile(f.file("points.csv")).valueOr({}).starts_with("run,metric,step,epoch,time,value\nclouds-fast-1,"));

    QVERIFY(trainyard(f, {"models", "list", "--json"}).json()["models"][0]["name"] == Json("clouds-fast-1"));
    const Ended exported
        = trainyard(f, {"models", "export", "clouds-fast-1", "--format", "onnx", "--out", f.path("m.onnx"), "--json"});
    QVERIFY2(exported.code == 0, exported.err);
    QVERIFY(QFile::exists(f.path("m.onnx")));
    QVERIFY(trainyard(f, {"models", "show", "clouds-fast-1", "--json"}).json()["checked"] == Json(true));
    QCOMPARE(trainyard(f, {"evaluate", "--model", "clouds-fast-1", "--data", f.cloudsCsv(), "--json"}).code, 0);

    const Ended resumed = trainyard(f, {"runs", "resume", "clouds-fast-1", "--set", "epochs=4"});
    QVERIFY2(resumed.code == 0, resumed.err);
    QVERIFY(trainyard(f, {"runs", "show", "1", "--json"}).json()["epochs"] == Json(4));
}

void TestCli::deletedRunComesBackOrFreesTheDisk()
{
    const RunnerFixture f;
    QCOMPARE(train(f, {"--out", f.path("mine")}).code, 0);
    QVERIFY(trainyard(f, {"runs", "show", "mine", "--json"}).json()["state"] == Json("finished"));
    QCOMPARE(trainyard(f, {"runs", "delete", "mine"}).code, 0);
    QVERIFY(trainyard(f, {"runs", "list", "--json"}).json()["runs"].empty());
    QCOMPARE(trainyard(f, {"trash", "restore", "mine"}).code, 0);
    QCOMPARE(trainyard(f, {"runs", "list", "--json"}).json()["runs"].size(), 1U);
    QCOMPARE(trainyard(f, {"runs", "delete", "mine"}).code, 0);
    const Ended emptied = trainyard(f, {"trash", "empty", "--json"});
    QCOMPARE(emptied.code, 0);
    QVERIFY(emptied.json()["bytesFreed"].get<std::int64_t>() > 0);
    QVERIFY(!pathExists(f.file("mine")));
}

void TestCli::dataIsAddedShownAndForgotten()
{
    const RunnerFixture f;
    const Ended added = trainyard(f, {"data", "add", f.cloudsCsv(), "--json"});
    QVERIFY2(added.code == 0, added.err);
    QVERIFY(added.json()["datasets"][0]["samples"] == Json(120));
    QVERIFY(trainyard(f, {"data", "show", "clouds", "--json"}).json()["info"]["classes"].size() == 2);
    QCOMPARE(trainyard(f, {"data", "export", "clouds", "--out", f.path("dataset.json")}).code, 0);
    QCOMPARE(trainyard(f, {"data", "delete", "clouds"}).code, 0);
    QVERIFY(trainyard(f, {"data", "list", "--json"}).json()["datasets"].empty());
    QVERIFY(pathExists(f.file("clouds.csv")));
    const Ended wrong = trainyard(f, {"data", "add", f.path("nowhere.csv"), "--json"});
    QCOMPARE(wrong.code, 1);
}

void TestCli::dataIsWrittenInAnotherForm()
{
    const RunnerFixture f;
    QCOMPARE(trainyard(f, {"data", "add", f.cloudsCsv()}).code, 0);
    const Ended exported = trainyard(f, {"data", "export", "clouds", "--to", "arff", "--out", f.path("arff"), "--json"});
    QVERIFY2(exported.code == 0, exported.out + exported.err);
    QVERIFY(exported.json()["files"].size() == 2);
    const Ended inspected = trainyard(f, {"data", "inspect", f.path("arff"), "--json"});
    QVERIFY2(inspected.code == 0 && inspected.json()["format"] == Json("arff"), inspected.out + inspected.err);
    QVERIFY(inspected.json()["samples"] == Json(120));
    const Ended trained = trainyard(
        f, {"train", "--data", f.path("arff/clouds.arff"), "--preset", "fast", "--set", "epochs=1", "--threads", "1"});
    QVERIFY2(trained.code == 0, trained.err);
    const Ended again = trainyard(f, {"data", "export", "clouds", "--to", "csv", "--out", f.path("arff"), "--json"});
    QCOMPARE(again.code, 1);
    QVERIFY(again.json()["error"]["kind"] == Json("already-exists"));
    QCOMPARE(trainyard(f, {"data", "export", "clouds", "--to", "excel", "--out", f.path("x")}).code, 2);
}

void TestCli::versionsTellWhatChanged()
{
    const RunnerFixture f;
    for (const char* const content : {"a,class\n1,x\n2,y\n3,x\n", "a,b,class\n1,7,x\n2,7,y\n3,8,z\n4,8,z\n"}) {
        QCOMPARE(trainyard(f, {"data", "add", f.write("rows.csv", content)}).code, 0);
    }
    const Ended listed = trainyard(f, {"data", "versions", "rows", "--json"});
    QVERIFY2(listed.code == 0, listed.err);
    const Json versions = listed.json()["versions"];
    QCOMPARE(versions.size(), 2U);
    QVERIFY(versions[1]["changes"] == Json("+1 samples, column \"b\" is new, class \"z\" is new"));
    QVERIFY(trainyard(f, {"data", "versions", "rows"}).out.contains("first seen"));
}

void TestCli::aNetworkFileBecomesAModelAndMayBeDeleted()
{
    const RunnerFixture f;
    const std::string bytes = readFile(TRAINYARD_SOURCE_DIR "/tests/data/onnx/yes_or_no.onnx").valueOr({});
    const QString file = f.write("yes.onnx", bytes);

    const Ended made = trainyard(f, {"models", "import", file, "--name", "judge", "--labels", "no,yes", "--json"});
    QVERIFY2(made.code == 0, made.err);
    QFile::remove(file);
    const Json model = made.json();
    QVERIFY(model["format"] == Json("onnx"));
    QVERIFY(model["source"]["words"]["classes"] == Json({"no", "yes"}));
    const std::string folder = model["folder"].get<std::string>();
    QVERIFY(folder.find("/models/judge") != std::string::npos);
    QVERIFY(trainyard(f, {"models", "list"}).out.contains("judge"));
    QCOMPARE(trainyard(f, {"models", "export", "judge", "--out", f.path("again.onnx")}).code, 0);
    const QString rows = f.write("rows.csv", "x1,x2,x3,x4,x5,x6,x7,x8,kind\n1,2,3,4,5,6,7,8,no\n-1,0,1,0,2,0,1,0,yes\n");
    const Ended judged = trainyard(f, {"evaluate", "--model", "judge", "--data", rows, "--json"});
    QVERIFY2(judged.code == 0 && judged.json()["samples"] == Json(2), judged.err);
    const Ended spec = trainyard(f, {"train", "--data", rows, "--from", "judge", "--print-spec"});
    QVERIFY2(spec.code == 0 && spec.json()["start"]["from"] == Json(folder) && spec.json()["network"].is_object(), spec.err);
    QCOMPARE(trainyard(f, {"train", "--data", rows, "--from", "nobody"}).code, 1);

    QCOMPARE(trainyard(f, {"models", "delete", "judge"}).code, 0);
    QVERIFY(trainyard(f, {"models", "list", "--json"}).json()["models"].empty());
    QCOMPARE(trainyard(f, {"trash", "restore", "judge"}).code, 0);
    QCOMPARE(trainyard(f, {"models", "show", "judge"}).code, 0);
    QCOMPARE(trainyard(f, {"models", "delete", "judge"}).code, 0);
    QVERIFY(trainyard(f, {"trash", "empty", "--json"}).json()["bytesFreed"].get<std::int64_t>() > 0);
    QVERIFY(!pathExists(folder));
}

void TestCli::failedTrainingIsSaidOnce()
{
    const RunnerFixture f;
    const QString bad = f.write("bad.csv", "x,y,label\n1,2,a\n1,2,a\n3,4,a\n");
    const Ended ended = trainyard(f, {"train", "--data", bad, "--target", "label", "--task", "classification"});
    QCOMPARE(ended.code, 1);
    QCOMPARE(ended.err.count("error:"), 1);
    const Json run = trainyard(f, {"runs", "list", "--json"}).json()["runs"][0];
    QVERIFY(run["state"] == Json("failed"));
}

void TestCli::unknownNamesAreNotFound()
{
    const RunnerFixture f;
    const Ended ended = trainyard(f, {"runs", "show", "nobody", "--json"});
    QCOMPARE(ended.code, 1);
    QVERIFY(ended.json()["error"]["kind"] == Json("not-found"));
    QVERIFY(ended.err.contains("nobody"));
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
