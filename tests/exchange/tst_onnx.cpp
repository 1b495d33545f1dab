#include <algorithm>
#include <map>

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "engine/base/files.h"
#include "engine/exchange/onnx_check.h"
#include "tests/exchange/exported_cases.h"
#include "tests/exchange/imported_answers.h"
#include "tests/exchange/onnxruntime_judge.h"

using namespace ty;
using namespace ty::engine;
using ty::testing::ExportedCase;

namespace {

constexpr int kProcessMilliseconds = 120000;
constexpr double kTolerance = 1e-4; // what the program promises; float32 sums in another order give about 1e-6

} // namespace

class TestOnnx : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void ourReaderAgreesWithTheEngine_data() { addRows(); }
    void ourReaderAgreesWithTheEngine();
    void theComparedAnswersAreNotSaturated();
    void onnxruntimeAgreesWithTheEngine_data() { addRows(); }
    void onnxruntimeAgreesWithTheEngine();
    void readBackItIsTheSameNetwork_data() { addRows(); }
    void readBackItIsTheSameNetwork();
    void theReferenceCheckerAccepts();
    void theReportDescribesTheFile();
    void metadataNamesLabelsAndColumns();
    void aWrongWeightIsNoticed();
    void parametersMustFit();
    void onlyKnownOpsetsAreWritten();
    void aFailedExportLeavesTheOldFile();
    void bytesThatAreNoModelAreRefused();

private:
    void addRows();
    const ExportedCase& caseNamed(const std::string& name) const { return m_cases.at(name); }

    QTemporaryDir m_folder;
    std::map<std::string, ExportedCase> m_cases;
    testing::Judgements m_judgements;
};

void TestOnnx::initTestCase()
{
    for (auto& plan : testing::casePlans()) {
        const auto name = plan.name;
        auto exported = testing::exportCase(std::move(plan), m_folder.path().toStdString());
        QVERIFY2(exported, exported ? "" : (name + ": " + exported.error().message).c_str());
        m_cases.emplace(name, std::move(exported).value());
    }

    std::vector<std::string> files;
    for (const auto& [name, entry] : m_cases) {
        files.push_back(entry.caseFile);
    }
    m_judgements = testing::askOnnxruntime(files);
    QVERIFY2(m_judgements.failure.isEmpty(), qPrintable(m_judgements.failure));
}

void TestOnnx::addRows()
{
    QTest::addColumn<QString>("name");
    for (const auto& [name, entry] : m_cases) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void TestOnnx::ourReaderAgreesWithTheEngine()
{
    QFETCH(QString, name);
    const auto& entry = caseNamed(name.toStdString());

    const auto difference =
        onnxMaxDifference(entry.onnxFile, entry.encoder, *entry.probes, entry.samples, entry.expected);

    QVERIFY2(difference, difference ? "" : difference.error().message.c_str());
    qInfo("largest difference %.2g, %llu bytes", difference.value(), static_cast<unsigned long long>(entry.report.bytes));
    QVERIFY(difference.value() <= kTolerance);
}

void TestOnnx::theComparedAnswersAreNotSaturated()
{
    // Probabilities of exactly 0 and 1 would agree whatever the weights.
    for (const auto& [name, entry] : m_cases) {
        if (entry.encoder.task() == Task::Classification) {
            const auto undecided = std::count_if(
                entry.expected.begin(), entry.expected.end(), [](double p) { return p > 0.001 && p < 0.999; });
            QVERIFY2(undecided >= 32, (name + ": " + std::to_string(undecided)).c_str());
        }
    }
}

void TestOnnx::onnxruntimeAgreesWithTheEngine()
{
    QFETCH(QString, name);
    if (!m_judgements.problem.isEmpty()) {
        QSKIP(qPrintable(m_judgements.problem));
    }

    const auto judgement = m_judgements.byCase[caseNamed(name.toStdString()).caseFile];

    QVERIFY2(!judgement.contains("error"), qPrintable(judgement["error"].toString()));
    QVERIFY(judgement["maxDifference"].isDouble());
    qInfo("largest difference %.2g", judgement["maxDifference"].toDouble());
    QVERIFY(judgement["maxDifference"].toDouble() <= kTolerance);
    QCOMPARE(judgement["wrongTexts"].toInt(-1), 0);
}

void TestOnnx::readBackItIsTheSameNetwork()
{
    QFETCH(QString, name);
    const auto& entry = caseNamed(name.toStdString());

    const auto network = importOnnx(entry.onnxFile, {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QVERIFY(network.value().isPrepared);
    QCOMPARE(network.value().output, OnnxOutput::Values);
    const auto loss = entry.encoder.task() == Task::Classification ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    const auto answers = testing::answersOf(network.value().model, network.value().parameters, entry.encoded, loss);
    QVERIFY2(answers, answers ? "" : answers.error().message.c_str());
    QVERIFY(testing::largestDifference(answers.value(), entry.outputs) <= kTolerance);
}

void TestOnnx::theReferenceCheckerAccepts()
{
    const QString python = "/usr/bin/python3"; // python3-onnx is a package of the system's own Python
    if (QProcess::execute(python, {"-c", "import onnx"}) != 0) {
        QSKIP("python3-onnx is not installed");
    }
    QStringList arguments{
        "-c",
        "import onnx, sys\n"
        "for path in sys.argv[1:]:\n"
        "    onnx.checker.check_model(onnx.load(path), full_check=True)\n"};
    for (const auto& [name, entry] : m_cases) {
        arguments << QString::fromStdString(entry.onnxFile);
    }

    QProcess checker;
    checker.start(python, arguments);

    QVERIFY(checker.waitForFinished(kProcessMilliseconds));
    QVERIFY2(checker.exitCode() == 0, checker.readAllStandardError().constData());
}

void TestOnnx::theReportDescribesTheFile()
{
    const auto& report = caseNamed("missing and categories fast").report;

    QVERIFY(report.checked);
    QCOMPARE(report.opset, 13);
    QCOMPARE(report.irVersion, 7);
    QCOMPARE(report.inputs.size(), std::size_t{3});
    QCOMPARE(report.inputs[0].name, std::string("features"));
    QVERIFY((report.inputs[0].shape == Shape{-1, 6}));
    QCOMPARE(report.inputs[1].name, std::string("colour"));
    QCOMPARE(report.inputs[1].dtype, std::string("string"));
    QCOMPARE(report.inputs[2].name, std::string("features_")); // the column "features" makes way for the input
    QCOMPARE(report.outputs[0].name, std::string("probabilities"));
    QVERIFY((report.outputs[0].shape == Shape{-1, 3}));
    QCOMPARE(report.outputs[1].name, std::string("label"));
    QCOMPARE(caseNamed("every layer, opset 17").report.irVersion, 8);
    QCOMPARE(caseNamed("regression fast").report.outputs.front().name, std::string("value"));
}

void TestOnnx::metadataNamesLabelsAndColumns()
{
    const auto table = OnnxProgram::load(caseNamed("missing and categories fast").onnxFile);
    const auto image = OnnxProgram::load(caseNamed("colour 32x32 fast").onnxFile);

    QVERIFY(table && image);
    QCOMPARE(table.value().metadata().at("labels"), std::string(R"(["setosa","virginica","versi color"])"));
    QVERIFY(table.value().metadata().at("columns").find("grün") != std::string::npos);
    QCOMPARE(image.value().metadata().at("layout"), std::string("NCHW, RGB, 0..255"));
    QVERIFY(image.value().metadata().contains("image_mean"));
}

void TestOnnx::aWrongWeightIsNoticed()
{
    const auto& entry = caseNamed("numbers fast");
    auto expected = entry.expected;
    expected[4] += 3e-4;

    const auto difference = onnxMaxDifference(entry.onnxFile, entry.encoder, *entry.probes, entry.samples, expected);

    QVERIFY(difference);
    QVERIFY(difference.value() > kTolerance);
}

void TestOnnx::parametersMustFit()
{
    const auto& entry = caseNamed("numbers fast");
    const auto model = tablePreset(PresetSize::Fast, entry.encoder.inputShape().front(), 3, 64);
    const auto file = m_folder.filePath("none.onnx").toStdString();

    const auto missing = writeOnnx(model, {}, entry.encoder, {}, file);
    const auto wrong = writeOnnx(model, {{"hidden1.weight", Tensor(DType::Float32, {2, 2})}}, entry.encoder, {}, file);

    QVERIFY(!missing && missing.error().message.find("hidden1.weight") != std::string::npos);
    QVERIFY(!wrong && wrong.error().message.find("(2, 2)") != std::string::npos);
    QVERIFY(!pathExists(file));
}

void TestOnnx::onlyKnownOpsetsAreWritten()
{
    const auto& entry = caseNamed("numbers fast");
    OnnxOptions options;
    options.opset = 21;

    const auto written = writeOnnx({}, {}, entry.encoder, options, m_folder.filePath("none.onnx").toStdString());

    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::Unsupported);
}

void TestOnnx::aFailedExportLeavesTheOldFile()
{
    const auto& entry = caseNamed("numbers fast");
    const auto file = m_folder.filePath("kept.onnx").toStdString();
    QVERIFY(writeFileAtomically(file, "old"));

    const auto written = writeOnnx(tablePreset(PresetSize::Fast, 4, 3, 64), {}, entry.encoder, {}, file);

    QVERIFY(!written);
    QCOMPARE(readFile(file).value(), std::string("old"));
}

void TestOnnx::bytesThatAreNoModelAreRefused()
{
    QVERIFY(!OnnxProgram::parse("", "empty"));
    QVERIFY(!OnnxProgram::parse("no model at all", "text"));
    const auto bytes = readFile(caseNamed("grey 8x8 fast").onnxFile).value();
    const auto torn = OnnxProgram::parse(std::string_view(bytes).substr(0, bytes.size() / 2), "torn.onnx");
    QVERIFY(!torn);
    QVERIFY(torn.error().message.find("torn.onnx") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestOnnx)
#include "tst_onnx.moc"
