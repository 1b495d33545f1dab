#include <csignal>

#include <QDir>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/runner/runner_fixture.h"

using namespace ty;

/// The commands that need one trained model share it: it is trained once.
class TestCommands : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void versionAndHelpAreEverywhere_data();
    void versionAndHelpAreEverywhere();
    void manualHasEveryOption();
    void wrongUsageIsTwoAndSaysWhereHelpIs_data();
    void wrongUsageIsTwoAndSaysWhereHelpIs();
    void inspectTellsTaskClassesAndFingerprint();
    void inspectTakesChoices();
    void unknownSampleNamesTheKnownOnes();
    void learnersListTheirTables();
    void layersAreListedAndTheirExampleIsANetwork();
    void seedsAreWholeNumbersThatFit();
    void evaluateJsonHasTheContractsShape();
    void evaluateWithoutAnswersSaysSo();
    void predictWritesOneRowASample();
    void exportChecksItsFile_data();
    void exportChecksItsFile();
    void streamAnswersRowsAndMistakes();
    void streamAnswersImages();
    void streamGivesPicturesAgain();
    void runFolderStandsForItsModel();
    void damagedModelIsOneMessage();
    void convertHonoursCorrections();
    void anInterruptedConvertLeavesNothing();

private:
    RunnerFixture m_f;
    QString m_data;
    QString m_model;
};

void TestCommands::initTestCase()
{
    m_data = m_f.cloudsCsv();
    const Ended trained = m_f.run(
        {"train", "--data", m_data, "--preset", "fast", "--set", "epochs=3", "--threads", "1", "--out", "run"});
    QVERIFY2(trained.code == 0, trained.err);
    m_model = m_f.path("run/model");
}

void TestCommands::versionAndHelpAreEverywhere_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("version") << QStringList{"--version"} << QByteArray("trainyard-run ");
    QTest::newRow("help") << QStringList{"--help"} << QByteArray("Exit codes");
    for (const char* command : {"inspect", "train", "evaluate", "predict", "export", "learners", "layers", "spec", "compare", "sequence", "world"}) {
        QTest::newRow(command) << QStringList{command, "--help"} << QByteArray("Example");
    }
}

/// The options that `text` has at the begin of a line, --help and --help-all left out.
static std::set<QString> optionsIn(const QString& text, const QString& lineBegin)
{
    const QRegularExpression option(
        "^" + lineBegin + "(?:-\\w, ?)?(--[a-z][a-z-]*(?:, ?--[a-z][a-z-]*)*)", QRegularExpression::MultilineOption);
    std::set<QString> found;
    for (auto match = option.globalMatch(text); match.hasNext();) {
        for (const QString& name : match.next().captured(1).split(',')) {
            found.insert(name.trimmed());
        }
    }
    found.erase("--help");
    found.erase("--help-all");
    return found;
}

void TestCommands::manualHasEveryOption()
{
    const auto page = readFile(std::string(TRAINYARD_SOURCE_DIR) + "/packaging/man/trainyard-run.1");
    QVERIFY(page);
    QString manual = QString::fromStdString(*page).replace("\\-", "-");
    manual = manual.mid(manual.indexOf(".SH OPTIONS"));
    manual.truncate(manual.indexOf(".SH", 4));
    const QString help = m_f.run({"--help"}).out;
    const QRegularExpression command("^  ([a-z][a-z-]*) ", QRegularExpression::MultilineOption);
    int commands = 0;
    for (auto match = command.globalMatch(help.mid(help.indexOf("Subcommands:"))); match.hasNext(); ++commands) {
        const QString name = match.next().captured(1);
        const qsizetype begin = manual.indexOf(".SS " + name + "\n");
        QVERIFY2(begin >= 0, qPrintable(name));
        const QString section = manual.mid(begin, manual.indexOf(".SS", begin + 3) - begin);
        const auto told = optionsIn(m_f.run({name, "--help"}).out, " +");
        const auto written = optionsIn(section, "\\.B ");
        std::vector<QString> missing;
        std::set_symmetric_difference(told.begin(), told.end(), written.begin(), written.end(), std::back_inserter(missing));
        QVERIFY2(
            missing.empty(),
            qPrintable(name + ": " + QStringList(missing.begin(), missing.end()).join(' ') + "; run packaging/man/write_options.py"));
    }
    QVERIFY(commands >= 15);
}

void TestCommands::versionAndHelpAreEverywhere()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, expected);
    const Ended ended = m_f.run(arguments);
    QCOMPARE(ended.code, 0);
    QVERIFY2(ended.out.contains(expected), ended.out);
    QVERIFY(ended.err.isEmpty());
}

void TestCommands::wrongUsageIsTwoAndSaysWhereHelpIs_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("nothing") << QStringList{};
    QTest::newRow("unknown command") << QStringList{"fly"};
    QTest::newRow("unknown option") << QStringList{"inspect", "x.csv", "--fast"};
    QTest::newRow("no path") << QStringList{"inspect"};
    QTest::newRow("nothing to train on") << QStringList{"train", "--out", "x"};
    QTest::newRow("no out") << QStringList{"train", "--data", "clouds.csv"};
    QTest::newRow("twice") << QStringList{"train", "run/run.json", "--data", "clouds.csv", "--out", "x"};
    QTest::newRow("unknown setting") << QStringList{"train", "--data", "clouds.csv", "--out", "x", "--set", "epoch=3"};
    QTest::newRow("setting out of range") << QStringList{"train", "--data", "clouds.csv", "--out", "x", "--set", "epochs=-3"};
    QTest::newRow("setting without value") << QStringList{"train", "--data", "clouds.csv", "--out", "x", "--set", "epochs"};
    QTest::newRow("unknown preset") << QStringList{"train", "--data", "clouds.csv", "--out", "x", "--preset", "slow"};
    QTest::newRow("unknown learner") << QStringList{"train", "--data", "clouds.csv", "--out", "x", "--learner", "oracle", "--set", "a=1"};
    QTest::newRow("unknown events") << QStringList{"train", "--data", "clouds.csv", "--out", "x", "--events", "xml"};
    QTest::newRow("predict without data") << QStringList{"predict", "--model", "run/model"};
    QTest::newRow("unknown format") << QStringList{"export", "--model", "run/model", "--format", "pickle", "--out", "x"};
}

void TestCommands::wrongUsageIsTwoAndSaysWhereHelpIs()
{
    QFETCH(QStringList, arguments);
    const Ended ended = m_f.run(arguments);
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.startsWith("error: "), ended.err);
    QVERIFY(!QFile::exists(m_f.path("x")));
}

void TestCommands::inspectTellsTaskClassesAndFingerprint()
{
    const Ended ended = m_f.run({"inspect", m_data, "--json"});
    QVERIFY2(ended.code == 0, ended.err);
    const Json info = ended.json();
    QVERIFY(info["task"] == Json("classification"));
    QVERIFY(info["samples"] == Json(120));
    QVERIFY(info["classes"].size() == 2);
    QVERIFY(info["target"] == Json("label"));
    QCOMPARE(info["fingerprint"].get<std::string>().size(), 64U);
    QVERIFY(info.contains("problems"));
    const Ended text = m_f.run({"inspect", m_data});
    QVERIFY(text.out.contains("classification"));
    QVERIFY(text.out.contains("right"));
}

void TestCommands::inspectTakesChoices()
{
    const Ended ended
        = m_f.run({"inspect", m_data, "--json", "--target", "x", "--columns", R"({"y":{"role":"ignored"}})"});
    QVERIFY2(ended.code == 0, ended.err);
    QVERIFY(ended.json()["task"] == Json("regression"));
    QVERIFY(ended.json()["target"] == Json("x"));
    QCOMPARE(m_f.run({"inspect", m_data, "--columns", "{oops"}).code, 2);
    QCOMPARE(m_f.run({"inspect", m_data, "--target", "z"}).code, 1);
}

void TestCommands::unknownSampleNamesTheKnownOnes()
{
    const Ended ended = m_f.run({"inspect", "sample:cats", "--json"});
    QCOMPARE(ended.code, 1);
    QVERIFY(ended.json()["error"]["kind"] == Json("not-found"));
    QVERIFY2(ended.err.contains("digits"), ended.err);
}

void TestCommands::layersAreListedAndTheirExampleIsANetwork()
{
    const Ended json = m_f.run({"layers", "--json"});
    QVERIFY2(json.code == 0, json.err);
    QVERIFY(json.json()["layers"].size() > 20);
    QVERIFY(json.json()["layers"][0]["types"][0] == Json("dense"));
    const Ended text = m_f.run({"layers"});
    QVERIFY2(text.code == 0, text.err);
    // What is printed as an example is taken as it stands.
    const qsizetype begin = text.out.indexOf("  {\"input\"");
    const qsizetype end = text.out.indexOf("]}\n", begin) + 2;
    QVERIFY(begin > 0 && end > begin);
    m_f.write("net.json", text.out.mid(begin, end - begin).toStdString());
    const Ended table = m_f.run({"train", "--data", "sample:digits", "--set", "network=@net.json", "--print-network"});
    QVERIFY2(table.code == 0, table.err);
    QVERIFY2(table.out.contains("around"), table.out);
}

void TestCommands::seedsAreWholeNumbersThatFit()
{
    for (const char* seed : {"-1", "1.5", "18446744073709551616", "one", "010"}) {
        const Ended ended = m_f.run({"train", "--data", "sample:iris", "--out", "run", "--seed", seed});
        QCOMPARE(ended.code, 2);
        QVERIFY2(ended.err.contains("a seed is a whole number") && ended.err.contains(seed), ended.err);
    }
}

void TestCommands::learnersListTheirTables()
{
    const Ended ended = m_f.run({"learners", "--json", "--kind", "image", "--samples", "5000"});
    QVERIFY2(ended.code == 0, ended.err);
    const Json learners = ended.json()["learners"];
    QVERIFY(learners.size() >= 1);
    QVERIFY(learners[0]["name"] == Json("network"));
    for (const char* key : {"label", "help", "tasks", "kinds", "parameters", "presets"}) {
        QVERIFY2(learners[0].contains(key), key);
    }
    QVERIFY(learners[0]["presets"].contains("fast"));
    // What few people change is folded away in the window's form.
    for (const char* name :
         {"network", "hiddenLayers", "frozenLayers", "loss", "optimizer", "schedule", "steps", "plateauFactor", "plateauPatience",
          "gradientClip", "clipValue", "l1"}) {
        const auto& rows = learners[0]["parameters"];
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const Json& one) { return one["name"] == Json(name); });
        QVERIFY2(row != rows.end(), name);
        QVERIFY2((*row)["level"] == Json("advanced") && !(*row)["group"].get<std::string>().empty(), name);
    }
    QVERIFY(m_f.run({"learners"}).out.contains("--set epochs="));
}

void TestCommands::evaluateJsonHasTheContractsShape()
{
    const Ended ended = m_f.run({"evaluate", "--model", m_model, "--data", m_data, "--json"});
    QVERIFY2(ended.code == 0, ended.err);
    const Json report = ended.json();
    QVERIFY(report["task"] == Json("classification"));
    QVERIFY(report["samples"] == Json(120));
    for (const char* metric : {"accuracy", "balanced_accuracy", "macro_f1", "log_loss", "roc_auc"}) {
        QVERIFY2(report["metrics"].contains(metric), metric);
    }
    QVERIFY(report["confusion"]["counts"].size() == 2);
    QVERIFY(report["metrics"]["accuracy"].get<double>() > 0.9);
    QVERIFY(m_f.run({"evaluate", "--model", m_model, "--data", m_data}).out.contains("accuracy"));
}

void TestCommands::evaluateWithoutAnswersSaysSo()
{
    const QString bare = m_f.write("bare.csv", "x,y\n0.1,0.2\n-1,1\n");
    const Ended ended = m_f.run({"evaluate", "--model", m_model, "--data", bare, "--json"});
    QCOMPARE(ended.code, 1);
    QVERIFY(ended.json()["error"]["kind"] == Json("invalid-input"));
    QVERIFY2(ended.err.contains("bare.csv") && ended.err.contains("label"), ended.err);
}

void TestCommands::predictWritesOneRowASample()
{
    const QString bare = m_f.write("new.csv", "y,x\n-1,-1\n1,1\n");
    const Ended ended = m_f.run({"predict", "--model", m_model, "--data", bare, "--out", "answers.csv"});
    QVERIFY2(ended.code == 0, ended.err);
    const auto lines = QByteArray::fromStdString(readFile(m_f.file("answers.csv")).valueOr({})).trimmed().split('\n');
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0].trimmed(), QByteArray("id,prediction,probability left,probability right"));
    QVERIFY2(lines[1].contains(",left,"), lines[1]);
    QVERIFY2(lines[2].contains(",right,"), lines[2]);
}

void TestCommands::exportChecksItsFile_data()
{
    QTest::addColumn<QString>("format");
    QTest::newRow("onnx") << "onnx";
    QTest::newRow("safetensors") << "safetensors";
}

void TestCommands::exportChecksItsFile()
{
    QFETCH(QString, format);
    const Ended ended
        = m_f.run({"export", "--model", m_model, "--format", format, "--out", "model." + format, "--json"});
    QVERIFY2(ended.code == 0, ended.err);
    const Json report = ended.json();
    QCOMPARE(
        report["bytes"].get<std::uint64_t>(), static_cast<std::uint64_t>(QFileInfo(m_f.path("model." + format)).size()));
    if (format == "onnx") {
        QVERIFY(report["maxDifference"].get<double>() <= 1e-4);
    }
}

void TestCommands::streamAnswersRowsAndMistakes()
{
    const Ended ended = m_f.run(
        {"predict", "--model", m_model, "--stream"},
        "{\"id\":1,\"row\":{\"x\":-1,\"y\":-1}}\n"
        "{\"id\":2,\"row\":{\"x\":\"1.0\",\"y\":1}}\n"
        "\n"
        "{\"id\":3,\"row\":{\"z\":1}}\n"
        "{\"id\":4,\"row\":{\"x\":\"blue\"}}\n"
        "{\"id\":5,\"file\":\"/nowhere.png\"}\n"
        "{\"id\":6}\n"
        "not json\n"
        "{\"id\":\"seven\",\"row\":{\"x\":null}}");
    QVERIFY2(ended.code == 0, ended.err);
    const auto lines = ended.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 8);
    std::vector<Json> answers;
    for (const QByteArray& line : lines) {
        answers.push_back(parseJson(line.toStdString(), "answer").valueOr(Json()));
    }
    QVERIFY(answers[0]["id"] == Json(1));
    QVERIFY(answers[0]["prediction"] == Json("left"));
    QVERIFY(answers[1]["prediction"] == Json("right"));
    const double sum = answers[1]["probabilities"]["left"].get<double>() + answers[1]["probabilities"]["right"].get<double>();
    QVERIFY(qAbs(sum - 1) < 1e-5);
    for (std::size_t i = 2; i < 7; ++i) {
        QVERIFY2(answers[i].contains("error"), lines[static_cast<int>(i)]);
        QVERIFY(!answers[i]["error"]["message"].get<std::string>().empty());
    }
    QVERIFY(answers[3]["error"]["message"].get<std::string>().find("\"x\"") != std::string::npos);
    QVERIFY(answers[7]["id"] == Json("seven"));
    QVERIFY(answers[7].contains("prediction")); // missing values are answered as the model learned to
}

void TestCommands::streamAnswersImages()
{
    const Ended trained = m_f.run(
        {"train", "--data", "sample:digits", "--preset", "fast", "--set", "epochs=1", "--threads", "1", "--out", "digits"});
    QVERIFY2(trained.code == 0, trained.err);
    const QByteArray grey = QByteArray(64, '\x40').toBase64();
    const QByteArray colour = QByteArray(16 * 16 * 4, '\x7f').toBase64();
    const Ended ended = m_f.run(
        {"predict", "--model", "digits/model", "--stream"},
        "{\"id\":1,\"image\":{\"width\":8,\"height\":8,\"channels\":1,\"data\":\"" + grey + "\"}}\n"
        "{\"id\":2,\"image\":{\"width\":16,\"height\":16,\"channels\":4,\"data\":\"" + colour + "\"}}\n"
        "{\"id\":3,\"image\":{\"width\":9,\"height\":8,\"channels\":1,\"data\":\"" + grey + "\"}}\n"
        "{\"id\":4,\"row\":{\"x\":1}}\n");
    QVERIFY2(ended.code == 0, ended.err);
    const auto lines = ended.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY2(lines[0].contains("\"probabilities\""), lines[0]);
    QVERIFY2(lines[1].contains("\"probabilities\""), lines[1]);
    QVERIFY2(lines[2].contains("9 x 8"), lines[2]);
    QVERIFY2(lines[3].contains("\"error\""), lines[3]);
}

void TestCommands::streamGivesPicturesAgain()
{
    const Ended trained = m_f.run(
        {"train", "--data", "sample:digits", "--set", "network=autoencoder", "--set", "epochs=1", "--threads", "1", "--out", "again"});
    QVERIFY2(trained.code == 0, trained.err);
    const QByteArray grey = QByteArray(64, '\x40').toBase64();
    const Ended ended = m_f.run(
        {"predict", "--model", "again/model", "--stream"},
        "{\"id\":1,\"image\":{\"width\":8,\"height\":8,\"channels\":1,\"data\":\"" + grey + "\"}}\n");
    QVERIFY2(ended.code == 0, ended.err);
    const Json answer = parseJson(ended.out.trimmed().toStdString(), "answer").valueOr(Json());
    const Json picture = answer.value("reconstruction", Json::object());
    QVERIFY2(picture.value("width", 0) == 8 && picture.value("height", 0) == 8 && picture.value("channels", 0) == 1, ended.out);
    const QByteArray pixels = QByteArray::fromBase64(QByteArray::fromStdString(picture["data"].get<std::string>()));
    QCOMPARE(pixels.size(), 64);
    double squares = 0;
    for (const char pixel : pixels) {
        squares += std::pow((static_cast<unsigned char>(pixel) - 0x40) / 255.0, 2) / 64;
    }
    QVERIFY2(std::abs(squares - answer["value"].get<double>()) < 2e-3, ended.out); // bytes are rounded, and end at 0 and 255
}

void TestCommands::runFolderStandsForItsModel()
{
    QCOMPARE(m_f.run({"evaluate", "--model", m_f.path("run"), "--data", m_data}).code, 0);
}

void TestCommands::damagedModelIsOneMessage()
{
    const QString copy = m_f.path("damaged");
    QVERIFY(QDir().mkpath(copy));
    for (const QString& name : QDir(m_model).entryList(QDir::Files)) {
        QVERIFY(QFile::copy(m_model + "/" + name, copy + "/" + name));
    }
    QFile weights(copy + "/weights.safetensors");
    QVERIFY(weights.open(QIODevice::ReadWrite));
    QVERIFY(weights.resize(weights.size() / 2));
    weights.close();
    const Ended ended = m_f.run({"evaluate", "--model", copy, "--data", m_data, "--json"});
    QCOMPARE(ended.code, 1);
    QVERIFY2(ended.err.contains("weights.safetensors"), ended.err);
    QCOMPARE(m_f.run({"evaluate", "--model", m_f.path("nowhere"), "--data", m_data}).code, 1);
}

void TestCommands::convertHonoursCorrections()
{
    const QString table = m_f.write(QStringLiteral("few.csv"), "a,label\n1,x\n2,y\n3,x\n4,y\n");
    const Ended ended = m_f.run(
        {"convert", table, "--to", "csv", "--out", m_f.path("few-out"), "--fixes", R"({"labels":{"line 2":"y"},"excluded":["line 5"]})"});
    QVERIFY2(ended.code == 0, ended.err);
    QCOMPARE(readFile(m_f.file("few-out/few.csv")).valueOr(""), std::string("a,label\n1,y\n2,y\n3,x\n"));
    QCOMPARE(m_f.run({"convert", table, "--to", "csv", "--out", m_f.path("other"), "--fixes", "7"}).code, 2);
}

/// Ctrl+C left the half-written folder behind.
void TestCommands::anInterruptedConvertLeavesNothing()
{
    std::string rows = "a,b,label\n";
    for (int i = 0; i < 600'000; ++i) {
        rows += std::to_string(i) + "," + std::to_string(i % 77) + (i % 2 == 0 ? ",x\n" : ",y\n");
    }
    const QString table = m_f.write(QStringLiteral("long.csv"), rows);
    QProcess process;
    m_f.prepare(process);
    process.start(RunnerFixture::program(), {"convert", table, "--to", "arff", "--out", m_f.path("long-out")});
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(QDir(m_f.path("long-out.part")).exists() || process.state() == QProcess::NotRunning, 60'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QVERIFY(!QDir(m_f.path("long-out.part")).exists());
    if (!QDir(m_f.path("long-out")).exists()) { // else it was too fast
        QCOMPARE(process.exitCode(), 5);
    }
}

QTEST_GUILESS_MAIN(TestCommands)
#include "tst_commands.moc"
