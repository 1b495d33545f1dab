#include <QDir>
#include <QImage>
#include <QTest>

#include "tests/runner/runner_fixture.h"

using namespace ty;

/// Bad input gives one message that names the file and the place, and changes nothing.
class TestBadInput : public QObject {
    Q_OBJECT

private slots:
    void badDataIsOneMessageAndChangesNothing_data();
    void badDataIsOneMessageAndChangesNothing();
    void unwritableFolderIsNamed();
    void fullDiskEndsTheRunWithItsName();
    void fullDiskLeavesNoHalfWrittenExport();
    void failureOfAKeptRunIsInItsEvents();

private:
    static QStringList entries(const QString& folder)
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }
};

void TestBadInput::badDataIsOneMessageAndChangesNothing_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("named"); // what the message must name
    QTest::newRow("torn CSV: a quote without an end") << "torn" << "torn.csv";
    QTest::newRow("wrong magic") << "magic" << "images-idx3-ubyte";
    QTest::newRow("target column of NaN") << "nan" << "nan.csv";
    QTest::newRow("no sample") << "empty" << "empty.csv";
    QTest::newRow("no bytes") << "nothing" << "nothing.csv";
    QTest::newRow("one class") << "single" << "single.csv";
    QTest::newRow("no such file") << "missing" << "missing.csv";
    QTest::newRow("no such target") << "target" << "target.csv";
    QTest::newRow("truncated images") << "images" << "cut.png";
}

void TestBadInput::badDataIsOneMessageAndChangesNothing()
{
    QFETCH(QString, kind);
    QFETCH(QString, named);
    const RunnerFixture f;
    QString data = f.path("data/" + kind + ".csv");
    QStringList more;
    if (kind == "torn") {
        f.write("data/torn.csv", "a,b,label\n1,2,x\n3,\"4,y\n5,6,x\n7,8,y\n");
    } else if (kind == "magic") {
        data = f.write("data/images-idx3-ubyte", std::string("\x00\x00\x7f\x03", 4) + std::string(200, '\x01'));
    } else if (kind == "nan") {
        f.write("data/nan.csv", "a,b\n1,NaN\n2,NaN\n3,NaN\n4,NaN\n");
        more = QStringList{"--target", "b"};
    } else if (kind == "empty") {
        f.write("data/empty.csv", "a,b,label\n");
    } else if (kind == "nothing") {
        f.write("data/nothing.csv", "");
    } else if (kind == "single") {
        f.write("data/single.csv", "a,label\n1,x\n2,x\n3,x\n4,x\n5,x\n");
        more = QStringList{"--target", "label", "--task", "classification"};
    } else if (kind == "target") {
        f.write("data/target.csv", "a,label\n1,x\n2,y\n3,x\n4,y\n");
        more = QStringList{"--target", "colour"};
        named = "colour";
    } else if (kind == "images") {
        // Every picture of one class is cut off: what is left is one class.
        for (const char* name : {"cats", "dogs"}) {
            QDir().mkpath(f.path(QString("data/pets/") + name));
            for (int i = 0; i < 3; ++i) {
                QImage image(16, 16, QImage::Format_RGB32);
                image.fill(qRgb(40 * i, 90, 30));
                image.save(f.path(QString("data/pets/%1/%2.png").arg(name).arg(i)));
            }
        }
        for (int i = 0; i < 3; ++i) {
            QFile file(f.path(QString("data/pets/dogs/%1.png").arg(i)));
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(file.resize(file.size() / 2));
        }
        QVERIFY(QFile::rename(f.path("data/pets/dogs/0.png"), f.path("data/pets/dogs/cut.png")));
        data = f.path("data/pets");
    }

    const Ended ended = f.run(QStringList{"train", "--data", data, "--out", "new/run", "--threads", "1"} + more);

    QVERIFY(!ended.isCrashed);
    QCOMPARE(ended.code, 1);
    QCOMPARE(ended.err.count("error: "), 1);
    if (kind == "images") {
        QVERIFY2(ended.err.contains("pets"), ended.err);
        const Ended seen = f.run({"inspect", data, "--json"});
        QVERIFY2((seen.out + seen.err).contains(named.toUtf8()), seen.out + seen.err);
    } else {
        QVERIFY2(ended.err.contains(named.toUtf8()), ended.err);
    }
    QVERIFY2(!QFile::exists(f.path("new")), qPrintable(entries(f.path("new/run")).join(' ')));
}

void TestBadInput::unwritableFolderIsNamed()
{
    const RunnerFixture f;
    const QString file = f.write("file", "x");
    for (const QString& out : {file + "/run", QStringLiteral("/proc/trainyard/run")}) {
        const Ended ended = f.run({"train", "--data", f.cloudsCsv(), "--out", out});
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.contains(out.toUtf8()), ended.err);
        QVERIFY2(ended.err.contains("--out"), ended.err);
    }
    QCOMPARE(readFile(f.file("file")).valueOr({}), std::string("x"));
}

void TestBadInput::fullDiskEndsTheRunWithItsName()
{
    const RunnerFixture f;
    QDir().mkpath(f.path("disk"));
    const QString train = QStringLiteral(
        "mount -t tmpfs -o size=160k tmpfs disk || exit 77;"
        "\"$0\" train --data \"$1\" --preset fast --set epochs=1000 --set patience=10000 --threads 1 --out disk/run;"
        "code=$?; ls disk/run >&2; exit $code");
    const Ended ended = f.runProgram("unshare", {"-rm", "sh", "-c", train, f.program(), f.cloudsCsv()});
    if (ended.code == 77 || ended.err.contains("unshare")) {
        QSKIP("this system does not let a test make a small file system");
    }
    QVERIFY(!ended.isCrashed);
    QCOMPARE(ended.code, 1);
    QCOMPARE(ended.err.count("error: "), 1);
    QVERIFY2(ended.err.contains("disk/run"), ended.err);
    QVERIFY2(ended.err.contains("run.json"), ended.err); // what was there is there
}

void TestBadInput::fullDiskLeavesNoHalfWrittenExport()
{
    const RunnerFixture f;
    const QString data = f.cloudsCsv();
    QCOMPARE(f.run({"train", "--data", data, "--preset", "fast", "--set", "epochs=1", "--out", "run"}).code, 0);
    f.write("out/answers.csv", "old");
    f.write("out/model.onnx", "old");
    constexpr rlim_t kLimit = 512; // bytes a file: smaller than either
    const Ended predicted
        = f.run({"predict", "--model", "run/model", "--data", data, "--out", "out/answers.csv"}, {}, kLimit);
    const Ended exported
        = f.run({"export", "--model", "run/model", "--format", "onnx", "--out", "out/model.onnx"}, {}, kLimit);
    QVERIFY2(predicted.code == 1 && predicted.err.contains("out/answers.csv"), predicted.err);
    QVERIFY2(exported.code == 1 && exported.err.contains("out/model.onnx"), exported.err);
    QCOMPARE(readFile(f.file("out/answers.csv")).valueOr({}), std::string("old"));
    QCOMPARE(readFile(f.file("out/model.onnx")).valueOr({}), std::string("old"));
    QCOMPARE(entries(f.path("out")), (QStringList{"answers.csv", "model.onnx"}));
}

void TestBadInput::failureOfAKeptRunIsInItsEvents()
{
    const RunnerFixture f;
    RunSpec spec;
    spec.data.training = f.file("nowhere.csv");
    QVERIFY(makeFolders(f.file("run")));
    QVERIFY(spec.save(f.file("run/run.json")));
    const Ended ended = f.run({"train", "run/run.json", "--out", "run"});
    QCOMPARE(ended.code, 1);
    const auto events = f.events(f.file("run"));
    QVERIFY2(!events.empty(), ended.err);
    QCOMPARE(events.back().type, std::string("failed"));
    QVERIFY(events.back().fields["message"].get<std::string>().find("nowhere.csv") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestBadInput)
#include "tst_bad_input.moc"
