#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "engine/base/files.h"
#include "engine/learn/device.h"
#include "engine/learn/model_package.h"
#include "engine/learn/network_model.h"
#include "engine/learn/onnx_model.h"
#include "engine/nn/presets.h"
#include "tests/exchange/onnx_model_builder.h"

using namespace ty;
using namespace ty::engine;
using Builder = ty::testing::OnnxModelBuilder;

namespace {

const std::string kYesOrNo = TRAINYARD_SOURCE_DIR "/tests/data/onnx/yes_or_no"; // 8 features, ends with a sigmoid

std::unique_ptr<Dataset> opened(const std::string& path, const DatasetInfo* like = nullptr)
{
    OpenOptions options;
    options.areDuplicatesSought = false;
    options.like = like;
    auto dataset = openDataset(path, options);
    return dataset ? std::move(dataset).value() : nullptr;
}

Predictions answers(Model& model, const std::string& path)
{
    const DatasetInfo expected = model.encoder().expectedData();
    const auto dataset = opened(path, &expected);
    if (!dataset) {
        return {};
    }
    std::vector<std::uint32_t> samples(static_cast<std::size_t>(dataset->size()));
    std::iota(samples.begin(), samples.end(), 0U);
    auto predictions = model.predict(*dataset, samples);
    return predictions ? std::move(predictions).value() : Predictions{};
}

DatasetInfo picturesOf(const std::array<int, 3>& shape)
{
    DatasetInfo info;
    info.kind = DataKind::Image;
    info.imageShape = shape;
    return info;
}

} // namespace

class TestOnnxModel : public QObject {
    Q_OBJECT

private slots:
    void aFileOfOursIsTheWholeModel();
    void aForeignFileTakesTheNumbersOfATableAsTheyAre();
    void classesAreNamedByThePersonElseByTheFile();
    void whatDoesNotFitIsToldWithBothSides();
    void pixelsLastPutChannelsFirst();
    void greyPicturesWithoutChannelsAreTaken();
    void pixelUnitsAreUnderstood();

private:
    /// The inputs of the stored model as rows of a table, with classes by turns.
    std::string yesOrNoTable();
    std::string write(const std::string& name, const std::string& bytes)
    {
        const auto path = m_folder.filePath(QString::fromStdString(name)).toStdString();
        return writeFileAtomically(path, bytes) ? path : "";
    }

    QTemporaryDir m_folder;
};

std::string TestOnnxModel::yesOrNoTable()
{
    const auto stored = readJsonFile(kYesOrNo + ".json").value();
    std::string text = "a,b,c,d,e,f,g,h,kind\n";
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t i = 0; i < 8; ++i) {
            text += stored["input"][row * 8 + i].dump() + ",";
        }
        text += row == 1 ? "up\n" : "down\n";
    }
    return write("table.csv", text);
}

void TestOnnxModel::aFileOfOursIsTheWholeModel()
{
    std::string text = "width,colour,kind\n";
    for (int i = 0; i < 40; ++i) {
        text += std::to_string(i * 3 % 17) + (i % 3 == 0 ? ",red," : ",blue,") + (i % 5 < 2 ? "a\n" : i % 5 == 2 ? "b\n" : "c\n");
    }
    const auto path = write("own.csv", text);
    const auto data = opened(path);
    QVERIFY(data);
    std::vector<std::uint32_t> samples(40);
    std::iota(samples.begin(), samples.end(), 0U);
    const auto encoder = Encoder::fit(*data, samples);
    QVERIFY(encoder);
    auto backend = makeBackend("cpu", 1);
    QVERIFY(backend);
    auto session = backend.value()->createSession(
        tablePreset(PresetSize::Fast, encoder.value().inputShape()[0], 3, 40), {}, 11);
    QVERIFY(session);
    NetworkModel model(
        encoder.value(), makeModelCard({}, encoder.value()), std::move(backend).value(), std::move(session).value());
    const auto file = m_folder.filePath("own.onnx").toStdString();
    QVERIFY(model.exportTo("onnx", file));

    const auto again = openOnnxModel(file, {}, {}, "cpu");

    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(again.value()->encoder().classes(), encoder.value().classes());
    const auto expected = model.predict(*data, samples);
    const auto given = answers(*again.value(), path);
    QVERIFY(expected);
    QCOMPARE(given.probabilities.size(), expected.value().probabilities.size());
    for (std::size_t i = 0; i < given.probabilities.size(); ++i) {
        QVERIFY(std::abs(given.probabilities[i] - expected.value().probabilities[i]) < 1e-5F);
    }
    const auto folder = m_folder.filePath("package").toStdString();
    QVERIFY(again.value()->save(folder));
    QVERIFY(loadModel(folder, "cpu"));
}

void TestOnnxModel::aForeignFileTakesTheNumbersOfATableAsTheyAre()
{
    const auto path = yesOrNoTable();

    const auto model = openOnnxModel(kYesOrNo + ".onnx", path, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto given = answers(*model.value(), path);
    const auto stored = readJsonFile(kYesOrNo + ".json").value();
    QCOMPARE(given.probabilities.size(), std::size_t{6});
    for (std::size_t i = 0; i < 3; ++i) {
        const auto yes = stored["output"][i].get<float>();
        QVERIFY(std::abs(given.probabilities[2 * i + 1] - yes) < 1e-5F);
        QVERIFY(std::abs(given.probabilities[2 * i] - (1 - yes)) < 1e-5F);
    }
}

void TestOnnxModel::classesAreNamedByThePersonElseByTheFile()
{
    const auto path = write("three.csv", "a,b,c,d,kind\n1,2,3,4,x\n2,3,4,5,y\n3,4,5,6,z\n4,5,6,7,x\n");
    Builder builder;
    builder.weights("w", {4, 3});
    builder.node("MatMul", {"x", "w"}, {"y"});
    const auto classesOf = [&](const std::string& names, const std::vector<std::string>& told) {
        builder.model.clear_metadata_props();
        if (!names.empty()) {
            auto& entry = *builder.model.add_metadata_props();
            entry.set_key("names");
            entry.set_value(names);
        }
        OnnxModelOptions options;
        options.classes = told;
        const auto model = openOnnxModel(write("named.onnx", builder.bytes()), path, options, "cpu");
        return model ? model.value()->encoder().classes() : std::vector<std::string>{model.error().message};
    };
    const std::vector<std::string> xyz{"x", "y", "z"};
    const std::vector<std::string> zyx{"z", "y", "x"};

    QCOMPARE(classesOf("", {}), xyz);
    QCOMPARE(classesOf(R"(["z","y","x"])", {}), zyx);
    QCOMPARE(classesOf(R"({0: 'z', 1: 'y', 2: 'x'})", {}), zyx);
    QCOMPARE(classesOf(R"({"0": "z", "1": "y", "2": "x"})", {}), zyx);
    QCOMPARE(classesOf(R"(["z","y","x"])", xyz), xyz);
    QCOMPARE(classesOf("{{{ nonsense", {}), xyz);
    QVERIFY(classesOf(R"(["z","y"])", {}).front().ends_with("named.onnx gives 3 classes, 2 are named"));
}

void TestOnnxModel::whatDoesNotFitIsToldWithBothSides()
{
    const auto path = write("two.csv", "a,b,kind\n1,2,x\n2,3,y\n3,4,x\n");

    const auto model = openOnnxModel(kYesOrNo + ".onnx", path, {}, "cpu");
    const auto alone = openOnnxModel(kYesOrNo + ".onnx", {}, {}, "cpu");

    QVERIFY(!model && !alone);
    QVERIFY2(
        model.error().message.ends_with("yes_or_no.onnx takes samples of (8), two has samples of (2)"),
        model.error().message.c_str());
    QVERIFY(alone.error().message.find("does not say what data") != std::string::npos);
}

void TestOnnxModel::pixelsLastPutChannelsFirst()
{
    // As TensorFlow's files do: pixels come last, and are put first for the convolution.
    Builder builder({5, 4, 3});
    auto& turned = builder.node("Transpose", {"x"}, {"t"});
    builder.set(turned, "perm", std::vector<std::int64_t>{0, 3, 1, 2});
    builder.weights("k", {2, 3, 2, 2});
    builder.node("Conv", {"t", "k"}, {"c"});
    builder.node("Flatten", {"c"}, {"y"});
    const auto file = write("last.onnx", builder.bytes());

    const auto network = readOnnxNetwork(file, picturesOf({3, 5, 4}));

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QCOMPARE(network.value().model.input, (Shape{3, 5, 4}));
    QCOMPARE(network.value().model.layers.front().type, std::string("conv2d"));
    QVERIFY(summarise(network.value().model));

    Builder flat({5, 4, 3});
    flat.node("Flatten", {"x"}, {"f"});
    flat.weights("w", {60, 2});
    flat.node("MatMul", {"f", "w"}, {"y"});
    const auto other = readOnnxNetwork(write("flat.onnx", flat.bytes()), picturesOf({3, 5, 4}));
    QVERIFY(other);
    QCOMPARE(other.value().model.input, (Shape{3, 5, 4}));
    QCOMPARE(other.value().model.layers.front().type, std::string("transpose"));
    QVERIFY(summarise(other.value().model));
}

void TestOnnxModel::greyPicturesWithoutChannelsAreTaken()
{
    Builder builder({5, 4});
    builder.node("Flatten", {"x"}, {"f"});
    builder.weights("w", {20, 2});
    builder.node("MatMul", {"f", "w"}, {"y"});

    const auto network = readOnnxNetwork(write("grey.onnx", builder.bytes()), picturesOf({1, 5, 4}));

    QVERIFY2(network, network ? "" : network.error().message.c_str());
    QCOMPARE(network.value().model.input, (Shape{1, 5, 4}));
    QVERIFY(summarise(network.value().model));
}

void TestOnnxModel::pixelUnitsAreUnderstood()
{
    QCOMPARE(PixelUnits::parse("").value().deviation, std::vector<double>{255});
    QCOMPARE(PixelUnits::parse("-1..1").value().mean, std::vector<double>{127.5});
    QCOMPARE(PixelUnits::parse("imagenet").value().mean.size(), std::size_t{3});
    QCOMPARE(PixelUnits::parse("1,2,3/4,5,6.5").value().deviation, (std::vector<double>{4, 5, 6.5}));
    for (const char* wrong : {"0-1", "1/0", "1,2,3,4/1", "/", "1,/2", "nan/1"}) {
        QVERIFY2(!PixelUnits::parse(wrong), wrong);
    }
}

QTEST_GUILESS_MAIN(TestOnnxModel)
#include "tst_onnx_model.moc"
