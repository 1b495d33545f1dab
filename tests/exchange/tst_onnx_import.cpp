#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/exchange/onnx_import.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/nn/lowering.h"
#include "engine/nn/zoo.h"
#include "tests/exchange/imported_answers.h"
#include "tests/exchange/onnx_model_builder.h"
#include "tests/exchange/tiny_dataset.h"

using namespace ty;
using namespace ty::engine;
using ty::testing::answersOf;
using ty::testing::largestDifference;

namespace {

constexpr double kTolerance = 1e-5; // 1e-4 is promised; float32 sums in another order give about 1e-6
const std::string kFolder = TRAINYARD_SOURCE_DIR "/tests/data/onnx/";

std::vector<float> someInputs(std::int64_t count)
{
    std::vector<float> inputs;
    for (std::int64_t i = 0; i < count; ++i) {
        inputs.push_back(static_cast<float>((i * 37 + i / 11) % 101) / 50.0F - 1.0F);
    }
    return inputs;
}

/// The graph that a description means, each op with its layer's parameters and shapes.
std::string graphOf(const ModelDescription& model)
{
    const auto network = lowerNetwork(model, 1, NetworkMode::Inference);
    return network ? network.value().graph.toText() : network.error().message;
}

} // namespace

class TestOnnxImport : public QObject {
    Q_OBJECT

private slots:
    void modelsOfPyTorchAnswerAsThere_data();
    void modelsOfPyTorchAnswerAsThere();
    void layersAreNamedLikeThoseOfTheModel();
    void descriptionsSurviveTheirJson();
    void networksOfTheZooComeBackWhole_data();
    void networksOfTheZooComeBackWhole();
    void anInnerValueCanBeTheOutput();
    void onlyTheLastSoftmaxIsLeftToTheLoss();
    void aSoftmaxOfOnePixelIsLeftToTheLoss();
    void slopesOfParametricReluMayDiffer_data();
    void slopesOfParametricReluMayDiffer();
    void transposedConvolutionsCutTheOddRowWhereTheOtherAddsIt_data();
    void transposedConvolutionsCutTheOddRowWhereTheOtherAddsIt();
    void activationsThatAreMadeOfOthersAnswerAsStated_data();
    void activationsThatAreMadeOfOthersAnswerAsStated();
    void sumsAndMeansTakeAnyNumberOfValues_data();
    void sumsAndMeansTakeAnyNumberOfValues();
    void formsOfNewerOpsetsAreRead();
    void newOpsetsAreRefusedWithAdvice();
};

void TestOnnxImport::modelsOfPyTorchAnswerAsThere_data()
{
    QTest::addColumn<QString>("name");
    std::vector<std::string> stems;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
        if (entry.path().extension() == ".onnx") {
            stems.push_back(entry.path().stem().string());
        }
    }
    QVERIFY(stems.size() >= 8);
    std::sort(stems.begin(), stems.end());
    for (const auto& stem : stems) {
        QTest::newRow(stem.c_str()) << QString::fromStdString(stem);
    }
}

void TestOnnxImport::modelsOfPyTorchAnswerAsThere()
{
    QFETCH(QString, name);
    const auto stem = kFolder + name.toStdString();
    const auto expected = readJsonFile(stem + ".json");
    QVERIFY(expected);

    const auto network = importOnnx(stem + ".onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QVERIFY(!network.value().isPrepared);
    const auto given = answersOf(network.value(), expected.value()["input"].get<std::vector<float>>());
    QVERIFY2(given, given ? "" : given.error().message.c_str());
    const double difference = largestDifference(given.value(), expected.value()["output"].get<std::vector<float>>());
    qInfo("largest difference %.2g", difference);
    QVERIFY(difference <= kTolerance);
}

void TestOnnxImport::layersAreNamedLikeThoseOfTheModel()
{
    const auto network = importOnnx(kFolder + "resnet.onnx", {});

    QVERIFY(network);
    std::vector<std::string> lines;
    for (const auto& layer : network.value().model.layers) {
        lines.push_back(layer.name + " " + layer.type + " " + layer.settings.value("activation", ""));
    }
    // Batch norms are part of the convolutions, as PyTorch exports them.
    const std::vector<std::string> expected{
        "stem.stem.0 conv2d relu", "stem.stem.3 maxPool2d ", "block1.conv1 conv2d relu", "block1.conv2 conv2d ",
        "block1_2 add relu", "block2.conv1 conv2d relu"};
    const std::vector<std::string> first(lines.begin(), lines.begin() + std::min<std::ptrdiff_t>(6, std::ssize(lines)));
    QVERIFY2(lines.back() == "fc dense ", lines.back().c_str());
    QCOMPARE(network.value().output, OnnxOutput::Softmax);
    QCOMPARE(first.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(first[i], expected[i]);
    }
}

void TestOnnxImport::descriptionsSurviveTheirJson()
{
    const auto network = importOnnx(kFolder + "mobile.onnx", {});
    QVERIFY(network);

    const auto again = ModelDescription::fromJson(network.value().model.toJson());

    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(graphOf(again.value()), graphOf(network.value().model));
}

void TestOnnxImport::networksOfTheZooComeBackWhole_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"cntk-convnet", "alexnet-cifar", "resnet56"}) {
        QTest::newRow(name) << name;
    }
}

void TestOnnxImport::networksOfTheZooComeBackWhole()
{
    QFETCH(QString, name);
    const auto model = makeZooNetwork(name.toStdString());
    QVERIFY(model);
    const auto summary = summarise(model.value());
    QVERIFY(summary);
    const auto outputs = static_cast<int>(summary.value().outputShape.front());
    const Shape& input = model.value().input;
    const auto data = testing::tinyImages(
        {static_cast<int>(input[0]), static_cast<int>(input[1]), static_cast<int>(input[2])}, outputs, 16);
    const std::vector<std::uint32_t> samples{0, 1, 2, 3};
    const auto fitted = Encoder::fit(*data, samples);
    QVERIFY(fitted);
    const auto session = makeCpuBackend(1)->createSession(model.value(), {}, 3);
    QVERIFY(session);
    QTemporaryDir folder;
    const auto file = folder.filePath("zoo.onnx").toStdString();
    const auto parameters = session.value()->parameters();
    const auto written = writeOnnx(model.value(), parameters, fitted.value(), {}, file);
    QVERIFY2(written, written ? "" : written.error().message.c_str());

    const auto network = importOnnx(file, {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QCOMPARE(graphOf(network.value().model), graphOf(model.value()));
    const auto inputs = someInputs(3 * elementCount(input));
    const auto loss = LossKind::SoftmaxCrossEntropy;
    const auto before = answersOf(model.value(), parameters, inputs, loss);
    const auto after = answersOf(network.value().model, network.value().parameters, inputs, loss);
    QVERIFY(before && after);
    QVERIFY(largestDifference(after.value(), before.value()) <= kTolerance);
}

void TestOnnxImport::anInnerValueCanBeTheOutput()
{
    OnnxImportOptions options;
    options.output = "no such value";

    const auto missing = importOnnx(kFolder + "mlp.onnx", options);

    QVERIFY(!missing);
    QVERIFY2(missing.error().message.find("no such value") != std::string::npos, missing.error().message.c_str());
}

void TestOnnxImport::onlyTheLastSoftmaxIsLeftToTheLoss()
{
    testing::OnnxModelBuilder builder({3});
    builder.node("Relu", {"x"}, {"h"});
    testing::OnnxModelBuilder::set(builder.node("Softmax", {"h"}, {"s"}), "axis", std::int64_t{1});
    testing::OnnxModelBuilder::set(builder.node("Softmax", {"s"}, {"y"}), "axis", std::int64_t{1});
    std::vector<float> expected{0.2F, 1.5F, 0.9F};
    const std::vector<float> inputs = expected;

    const auto network = importOnnxBytes(builder.bytes(), "two.onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QCOMPARE(network->output, OnnxOutput::Softmax);
    for (int i = 0; i < 2; ++i) {
        float sum = 0;
        for (float& value : expected) {
            value = std::exp(value);
            sum += value;
        }
        std::transform(expected.begin(), expected.end(), expected.begin(), [sum](float value) { return value / sum; });
    }
    const auto given = answersOf(*network, inputs);
    QVERIFY2(given, given ? "" : given.error().message.c_str());
    QVERIFY(largestDifference(*given, expected) <= kTolerance);
}

void TestOnnxImport::aSoftmaxOfOnePixelIsLeftToTheLoss()
{
    // As SqueezeNet ends: {N, C, 1, 1}.
    testing::OnnxModelBuilder builder({3, 4, 4});
    builder.node("Relu", {"x"}, {"h"});
    builder.node("GlobalAveragePool", {"h"}, {"p"});
    testing::OnnxModelBuilder::set(builder.node("Softmax", {"p"}, {"y"}), "axis", std::int64_t{1});

    const auto network = importOnnxBytes(builder.bytes(), "pixel.onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QCOMPARE(network->output, OnnxOutput::Softmax);
    QCOMPARE(network->model.layers.back().type, std::string("globalAveragePool2d"));
}

void TestOnnxImport::slopesOfParametricReluMayDiffer_data()
{
    QTest::addColumn<QList<qint64>>("sample");
    QTest::addColumn<QList<qint64>>("dims");
    QTest::addColumn<QList<float>>("slopes");
    QTest::newRow("channels") << QList<qint64>{2, 3, 2} << QList<qint64>{2, 1, 1} << QList<float>{0.25F, -0.5F};
    QTest::newRow("features") << QList<qint64>{4} << QList<qint64>{4} << QList<float>{0.25F, 0, 2, -1};
    QTest::newRow("every value") << QList<qint64>{1, 2, 2} << QList<qint64>{1, 2, 2} << QList<float>{0.25F, 0, 2, -1};
    QTest::newRow("one, below 0") << QList<qint64>{4} << QList<qint64>{1} << QList<float>{-0.5F};
    QTest::newRow("one") << QList<qint64>{4} << QList<qint64>{1} << QList<float>{0.5F};
}

void TestOnnxImport::slopesOfParametricReluMayDiffer()
{
    QFETCH(QList<qint64>, sample);
    QFETCH(QList<qint64>, dims);
    QFETCH(QList<float>, slopes);
    testing::OnnxModelBuilder builder({sample.begin(), sample.end()});
    auto& tensor = builder.weights("slope", {dims.begin(), dims.end()});
    tensor.mutable_float_data()->Assign(slopes.begin(), slopes.end());
    builder.node("PRelu", {"x", "slope"}, {"p"});
    builder.node("Flatten", {"p"}, {"y"});
    std::int64_t count = 1;
    for (const qint64 extent : sample) {
        count *= extent;
    }
    const auto inputs = someInputs(2 * count);

    const auto network = importOnnxBytes(builder.bytes(), "prelu.onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    std::vector<float> expected;
    const auto each = count / slopes.size(); // values in a row that have one slope
    for (std::int64_t i = 0; i < std::ssize(inputs); ++i) {
        const float x = inputs[static_cast<std::size_t>(i)];
        expected.push_back(x > 0 ? x : x * slopes[static_cast<qsizetype>(i % count / each)]);
    }
    const auto given = answersOf(*network, inputs);
    QVERIFY2(given, given ? "" : given.error().message.c_str());
    QVERIFY(largestDifference(*given, expected) <= kTolerance);
}

void TestOnnxImport::transposedConvolutionsCutTheOddRowWhereTheOtherAddsIt_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QList<float>>("expected");
    // Of onnxruntime 1.30; PyTorch's conv_transpose2d gives the same, cut at the bottom and right, or at the top and left.
    QTest::newRow("at the end") << "SAME_UPPER"
                                << QList<float>{-2, -3.5F, -2, 1, 2.5F, 4, -1.75F, 0.5F, 5.75F, 3.25F, 7, 10.75F};
    QTest::newRow("at the beginning") << "SAME_LOWER"
                                      << QList<float>{2.5F, 4, 4.25F, 0.5F, 5.75F, 7.75F, 7, 10.75F, 9.5F, 22, 25.75F, 20.5F};
}

void TestOnnxImport::transposedConvolutionsCutTheOddRowWhereTheOtherAddsIt()
{
    QFETCH(QString, rule);
    QFETCH(QList<float>, expected);
    testing::OnnxModelBuilder builder({1, 2, 3});
    auto& weight = builder.weights("w", {1, 1, 3, 4}); // 3 columns overlap, and a row
    for (int i = 0; i < 12; ++i) {
        weight.set_float_data(i, static_cast<float>(i + 1) / 4 - 1);
    }
    auto& convolution = builder.node("ConvTranspose", {"x", "w"}, {"p"});
    builder.set(convolution, "strides", std::vector<std::int64_t>{2, 1});
    builder.set(convolution, "auto_pad", rule.toStdString());
    builder.node("Flatten", {"p"}, {"y"});

    const auto network = importOnnxBytes(builder.bytes(), "transposed.onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    const auto given = answersOf(*network, {1, 2, 3, 4, 5, 6});
    QVERIFY2(given, given ? "" : given.error().message.c_str());
    QVERIFY(largestDifference(*given, {expected.begin(), expected.end()}) <= kTolerance);
}

void TestOnnxImport::activationsThatAreMadeOfOthersAnswerAsStated_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<float>("alpha"); // 0: not given
    QTest::addColumn<QStringList>("limits"); // of Clip; empty: not given
    QTest::addColumn<QList<float>>("expected");
    // Of PyTorch 1.13 (celu, clamp) for -3, -0.5, 0.25 and 4.
    QTest::newRow("celu") << "Celu" << 0.0F << QStringList{} << QList<float>{-0.95021290F, -0.39346933F, 0.25F, 4};
    QTest::newRow("celu, alpha 2") << "Celu" << 2.0F << QStringList{} << QList<float>{-1.5537397F, -0.44239843F, 0.25F, 4};
    QTest::newRow("from below") << "Clip" << 0.0F << QStringList{"-1.5", ""} << QList<float>{-1.5F, -0.5F, 0.25F, 4};
    QTest::newRow("from above") << "Clip" << 0.0F << QStringList{"", "0.5"} << QList<float>{-3, -0.5F, 0.25F, 0.5F};
    QTest::newRow("from far above") << "Clip" << 0.0F << QStringList{"", "500"} << QList<float>{-3, -0.5F, 0.25F, 4};
    QTest::newRow("from both sides") << "Clip" << 0.0F << QStringList{"-1.5", "2"} << QList<float>{-1.5F, -0.5F, 0.25F, 2};
    QTest::newRow("far apart") << "Clip" << 0.0F << QStringList{"0.001", "300000"} << QList<float>{0.001F, 0.001F, 0.25F, 4};
    QTest::newRow("0 and far above") << "Clip" << 0.0F << QStringList{"0", "700000"} << QList<float>{0, 0, 0.25F, 4};
    QTest::newRow("far below and near") << "Clip" << 0.0F << QStringList{"-700000", "2"} << QList<float>{-3, -0.5F, 0.25F, 2};
    QTest::newRow("not at all") << "Clip" << 0.0F << QStringList{"", ""} << QList<float>{-3, -0.5F, 0.25F, 4};
}

void TestOnnxImport::activationsThatAreMadeOfOthersAnswerAsStated()
{
    QFETCH(QString, type);
    QFETCH(float, alpha);
    QFETCH(QStringList, limits);
    QFETCH(QList<float>, expected);
    testing::OnnxModelBuilder builder;
    std::vector<std::string> inputs{"h"};
    for (const auto& limit : limits) {
        const std::string name = "limit" + std::to_string(inputs.size());
        inputs.push_back(limit.isEmpty() ? "" : name);
        if (!limit.isEmpty()) {
            builder.weights(name, {}).set_float_data(0, limit.toFloat());
        }
    }
    builder.node("Identity", {"x"}, {"h"});
    auto& node = builder.node(type.toStdString(), inputs, {"a"});
    if (alpha != 0) {
        builder.setReal(node, "alpha", alpha);
    }
    builder.weights("half", {4});
    builder.node("Add", {"a", "half"}, {"y"});

    const auto network = importOnnxBytes(builder.bytes(), "activation.onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    for (float& value : expected) {
        value += 0.5F;
    }
    const auto given = answersOf(*network, {-3, -0.5F, 0.25F, 4});
    QVERIFY2(given, given ? "" : given.error().message.c_str());
    QVERIFY(largestDifference(*given, {expected.begin(), expected.end()}) <= kTolerance);
}

void TestOnnxImport::sumsAndMeansTakeAnyNumberOfValues_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QStringList>("operands"); // "h" and "g" are values, "c" is 0.5 for each of 4
    QTest::addColumn<float>("ofH");
    QTest::addColumn<float>("ofG");
    QTest::addColumn<float>("constant");
    QTest::newRow("a sum of three") << "Sum" << QStringList{"h", "g", "h"} << 2.0F << 1.0F << 0.0F;
    QTest::newRow("a sum with constants") << "Sum" << QStringList{"c", "h", "c", "g"} << 1.0F << 1.0F << 1.0F;
    QTest::newRow("a sum of one") << "Sum" << QStringList{"h"} << 1.0F << 0.0F << 0.0F;
    QTest::newRow("a mean of two") << "Mean" << QStringList{"h", "g"} << 0.5F << 0.5F << 0.0F;
    QTest::newRow("a mean with a constant") << "Mean" << QStringList{"h", "c", "g", "g"} << 0.25F << 0.5F << 0.125F;
}

void TestOnnxImport::sumsAndMeansTakeAnyNumberOfValues()
{
    QFETCH(QString, type);
    QFETCH(QStringList, operands);
    QFETCH(float, ofH);
    QFETCH(float, ofG);
    QFETCH(float, constant);
    testing::OnnxModelBuilder builder;
    builder.weights("c", {4});
    builder.node("Relu", {"x"}, {"h"});
    builder.node("Tanh", {"x"}, {"g"});
    std::vector<std::string> names;
    for (const auto& operand : operands) {
        names.push_back(operand.toStdString());
    }
    builder.node(type.toStdString(), names, {"y"});
    const auto inputs = someInputs(8);

    const auto network = importOnnxBytes(builder.bytes(), "sums.onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    std::vector<float> expected;
    for (const float x : inputs) {
        expected.push_back(ofH * std::max(x, 0.0F) + ofG * std::tanh(x) + constant);
    }
    const auto given = answersOf(*network, inputs);
    QVERIFY2(given, given ? "" : given.error().message.c_str());
    QVERIFY(largestDifference(*given, expected) <= kTolerance);
}

void TestOnnxImport::formsOfNewerOpsetsAreRead()
{
    testing::OnnxModelBuilder builder({8});
    builder.model.mutable_opset_import(0)->set_version(20);
    builder.model.set_ir_version(9);
    builder.integers("axes", {1});
    builder.node("Gelu", {"x"}, {"g"});
    auto& split = builder.node("Split", {"g"}, {"a", "b", "c"}); // 3, 3 and 2
    builder.set(split, "axis", 1);
    builder.set(split, "num_outputs", 3);
    builder.node("ReduceMean", {"g", "axes"}, {"m"});
    builder.set(builder.node("Concat", {"c", "b", "m"}, {"y"}), "axis", 1);
    const auto inputs = someInputs(8);

    const auto network = importOnnxBytes(builder.bytes(), "new.onnx", {});

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    std::vector<float> gelu;
    float mean = 0;
    for (const float x : inputs) {
        gelu.push_back(x * (1 + std::erf(x / std::sqrt(2.0F))) / 2);
        mean += gelu.back() / 8;
    }
    const auto given = answersOf(network.value(), inputs);
    QVERIFY2(given, given ? "" : given.error().message.c_str());
    QVERIFY(largestDifference(given.value(), {gelu[6], gelu[7], gelu[3], gelu[4], gelu[5], mean}) <= kTolerance);
}

void TestOnnxImport::newOpsetsAreRefusedWithAdvice()
{
    auto bytes = readFile(kFolder + "mlp.onnx").value();
    const auto at = bytes.rfind("\x42\x02\x10\x0d"); // opset_import {version: 13}
    QVERIFY(at != std::string::npos);
    bytes[at + 3] = 99;

    const auto network = importOnnxBytes(bytes, "new.onnx", {});

    QVERIFY(!network);
    QCOMPARE(network.error().kind, ErrorKind::Unsupported);
    QVERIFY(network.error().message.find("opset 99") != std::string::npos);
    QVERIFY(network.error().advice.find("opset_version=13") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestOnnxImport)
#include "tst_onnx_import.moc"
