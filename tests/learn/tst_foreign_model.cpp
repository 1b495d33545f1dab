#include <algorithm>
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
#include "engine/learn/onnx_network.h"
#include "engine/learn/foreign_assumptions.h"
#include "engine/learn/foreign_input.h"
#include "engine/learn/foreign_model.h"
#include "engine/learn/foreign_package.h"
#include "engine/exchange/model_weights.h"
#include "engine/exchange/safetensors.h"
#include "engine/nn/presets.h"
#include "engine/nn/zoo.h"
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

class TestForeignModel : public QObject {
    Q_OBJECT

private slots:
    void aFileOfOursIsTheWholeModel();
    void aFileThatEndsInTwoSoftmaxesAnswersTheSame();
    void theOpsetOfAFileCanBeChosen();
    void aForeignFileTakesTheNumbersOfATableAsTheyAre();
    void columnsAreTheStepsOrPixelsThatAFileTakes_data();
    void columnsAreTheStepsOrPixelsThatAFileTakes();
    void classesAreNamedByThePersonElseByTheFile();
    void whatDoesNotFitIsToldWithBothSides();
    void pixelsLastPutChannelsFirst();
    void greyPicturesWithoutChannelsAreTaken();
    void pixelUnitsAreUnderstood();
    void withoutDataAFileIsAModelAllTheSame();
    void namesThatDoNotFitAreRefused();
    void anImportedModelTakesWhatNobodySaidFromTheData();
    void whatAPersonSaidIsNotLookedUpInTheData();
    void theDataOfTheImportNamesColumnsAndClasses();
    void wordsOfNowCountOverTheDataOfTheImport();
    void missingNumbersAreThoseOfTheImportsData();
    void whatStandsForMissingNumbersIsTold();
    void aTableOfNothingButInputsIsTaken_data();
    void aTableOfNothingButInputsIsTaken();
    void picturesWithoutLabelsAreTaken();
    void numbersAreNoClassesForOneOutput();
    void classesOfTheDataThatDoNotFitAreCounted();
    void outputsThatAreLeftOutAreNamed();
    void weightsAloneAreNoModel();
    void safetensorsOfOursAreTheWholeModel();
    void weightsThatAreNoNumbersAreRefusedByName();
    void aRunBeginsWithAnImportedModel();

private:
    /// A network of the zoo for a table with 4 numbers and 3 classes.
    std::unique_ptr<NetworkModel> zooModel(const std::string& name, const Dataset& data);
    std::string flowers();
    /// The inputs of the stored model as rows of a table, with classes by turns.
    std::string yesOrNoTable();
    /// The rows of that table with these columns only; 'k' is the class.
    std::string yesOrNoColumns(const std::string& name, const std::string& columns);
    std::string write(const std::string& name, const std::string& bytes)
    {
        const auto path = m_folder.filePath(QString::fromStdString(name)).toStdString();
        return writeFileAtomically(path, bytes) ? path : "";
    }

    QTemporaryDir m_folder;
};

std::string TestForeignModel::flowers()
{
    std::string text = "a,b,c,d,kind\n";
    for (int i = 0; i < 30; ++i) {
        text += std::to_string(i * 3 % 17) + ".5," + std::to_string(i * 5 % 13) + ".25," + std::to_string(i % 7) + ".5,"
            + std::to_string(i * 11 % 19) + ".5," + (i % 3 == 0 ? "x\n" : i % 3 == 1 ? "y\n" : "z\n");
    }
    return write("flowers.csv", text);
}

std::unique_ptr<NetworkModel> TestForeignModel::zooModel(const std::string& name, const Dataset& data)
{
    std::vector<std::uint32_t> samples(static_cast<std::size_t>(data.size()));
    std::iota(samples.begin(), samples.end(), 0U);
    auto encoder = Encoder::fit(data, samples);
    auto backend = makeBackend("cpu", 1);
    const auto network = makeZooNetwork(name);
    if (!encoder || !backend || !network) {
        return nullptr;
    }
    auto session = backend.value()->createSession(network.value(), {}, 11);
    if (!session) {
        return nullptr;
    }
    Json card = makeModelCard({}, encoder.value());
    return std::make_unique<NetworkModel>(
        std::move(encoder).value(), std::move(card), std::move(backend).value(), std::move(session).value());
}

std::string TestForeignModel::yesOrNoTable()
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

std::string TestForeignModel::yesOrNoColumns(const std::string& name, const std::string& columns)
{
    const auto stored = readJsonFile(kYesOrNo + ".json").value();
    std::string text;
    for (const char column : columns) {
        text += (text.empty() ? "" : ",") + (column == 'k' ? "kind" : std::string(1, column));
    }
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            text += i == 0 ? "\n" : ",";
            text += columns[i] == 'k' ? (row == 1 ? "up" : "down")
                                      : stored["input"][row * 8 + static_cast<std::size_t>(columns[i] - 'a')].dump();
        }
    }
    return write(name, text + "\n");
}

void TestForeignModel::aFileOfOursIsTheWholeModel()
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

    const auto again = openNetworkFile(file, {}, {}, "cpu");

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

void TestForeignModel::aFileThatEndsInTwoSoftmaxesAnswersTheSame()
{
    const auto path = flowers();
    const auto data = opened(path);
    QVERIFY(data);
    const auto model = zooModel("iris-demo", *data); // a softmax, and the loss takes another
    QVERIFY(model);
    const auto file = m_folder.filePath("iris-demo.onnx").toStdString();
    QVERIFY(model->exportTo("onnx", file));

    const auto again = openNetworkFile(file, {}, {}, "cpu");

    QVERIFY2(again, again ? "" : again.error().message.c_str());
    const auto expected = answers(*model, path);
    const auto given = answers(*again.value(), path);
    QCOMPARE(given.probabilities.size(), std::size_t{90});
    QCOMPARE(expected.probabilities.size(), std::size_t{90});
    for (std::size_t i = 0; i < given.probabilities.size(); ++i) {
        QVERIFY(std::abs(given.probabilities[i] - expected.probabilities[i]) < 1e-5F);
    }
    const auto folder = m_folder.filePath("iris-demo").toStdString();
    QVERIFY(again.value()->save(folder));
    const ForeignStart start = foreignStart(folder); // what a run that begins with it takes
    QVERIFY(start.network["input"] == (Json{4}));
    QVERIFY(start.pixels.empty());
    const auto twice = m_folder.filePath("iris-demo-2.onnx").toStdString();
    QVERIFY(again.value()->exportTo("onnx", twice));
    QVERIFY(openNetworkFile(twice, {}, {}, "cpu"));
}

void TestForeignModel::theOpsetOfAFileCanBeChosen()
{
    const auto model = openNetworkFile(kYesOrNo + ".onnx", {}, {}, "cpu");
    QVERIFY(model);
    const auto file = m_folder.filePath("opset.onnx").toStdString();
    for (const int opset : {13, 15, 17}) {
        const auto report = model.value()->exportTo("onnx", file, {opset});
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        QCOMPARE(report.value()["opset"].get<int>(), opset);
        const auto network = importOnnx(file, {});
        QVERIFY(network);
        QCOMPARE(network->opset, opset);
    }
    for (const int opset : {12, 18}) {
        const auto refused = model.value()->exportTo("onnx", file, {opset});
        QVERIFY(!refused);
        QVERIFY2(refused.error().advice.find("13 to 17") != std::string::npos, refused.error().advice.c_str());
    }
}

void TestForeignModel::aForeignFileTakesTheNumbersOfATableAsTheyAre()
{
    const auto path = yesOrNoTable();

    const auto model = openNetworkFile(kYesOrNo + ".onnx", path, {}, "cpu");

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

void TestForeignModel::columnsAreTheStepsOrPixelsThatAFileTakes_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("steps") << "last_states"; // (7, 8) a sample
    QTest::newRow("pixels") << "lenet";      // (1, 28, 28)
}

void TestForeignModel::columnsAreTheStepsOrPixelsThatAFileTakes()
{
    QFETCH(QString, name);
    const std::string file = TRAINYARD_SOURCE_DIR "/tests/data/onnx/" + name.toStdString();
    const auto stored = readJsonFile(file + ".json").value();
    const std::size_t rows = stored["inputShape"][0].get<std::size_t>();
    const std::size_t width = stored["input"].size() / rows;
    const std::size_t classes = stored["output"].size() / rows;
    std::string text;
    for (std::size_t i = 0; i < width; ++i) {
        text += "c" + std::to_string(i) + ",";
    }
    text += "kind";
    // As many classes as the network has, whichever rows they stand in.
    for (std::size_t row = 0; row < std::max(rows, classes); ++row) {
        text += "\n";
        for (std::size_t i = 0; i < width; ++i) {
            text += stored["input"][row % rows * width + i].dump() + ",";
        }
        text += "k" + std::to_string(row % classes);
    }
    const auto path = write("columns.csv", text + "\n");

    const auto model = openNetworkFile(file + ".onnx", path, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto given = answers(*model.value(), path).probabilities;
    QVERIFY(given.size() >= rows * classes);
    for (std::size_t row = 0; row < rows; ++row) {
        double sum = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            sum += std::exp(stored["output"][row * classes + k].get<double>());
        }
        for (std::size_t k = 0; k < classes; ++k) {
            const double expected = std::exp(stored["output"][row * classes + k].get<double>()) / sum;
            QVERIFY(std::abs(static_cast<double>(given[row * classes + k]) - expected) < 1e-5);
        }
    }
}

void TestForeignModel::classesAreNamedByThePersonElseByTheFile()
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
        ForeignOptions options;
        options.words.classes = told;
        const auto model = openNetworkFile(write("named.onnx", builder.bytes()), path, options, "cpu");
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

void TestForeignModel::whatDoesNotFitIsToldWithBothSides()
{
    const auto path = write("two.csv", "a,b,kind\n1,2,x\n2,3,y\n3,4,x\n");

    const auto model = openNetworkFile(kYesOrNo + ".onnx", path, {}, "cpu");

    QVERIFY(!model);
    QVERIFY2(
        model.error().message.ends_with("yes_or_no.onnx takes samples of (8), two has samples of (2)"),
        model.error().message.c_str());
}

void TestForeignModel::pixelsLastPutChannelsFirst()
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
    const auto& layers = other.value().model.layers;
    QVERIFY(std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.type == "transpose"; }));
    QVERIFY(summarise(other.value().model));
}

void TestForeignModel::greyPicturesWithoutChannelsAreTaken()
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

void TestForeignModel::pixelUnitsAreUnderstood()
{
    QCOMPARE(PixelUnits::parse("").value().deviation, std::vector<double>{255});
    QCOMPARE(PixelUnits::parse("-1..1").value().mean, std::vector<double>{127.5});
    QCOMPARE(PixelUnits::parse("imagenet").value().mean.size(), std::size_t{3});
    QCOMPARE(PixelUnits::parse("1,2,3/4,5,6.5").value().deviation, (std::vector<double>{4, 5, 6.5}));
    for (const char* wrong : {"0-1", "1/0", "1,2,3,4/1", "/", "1,/2", "nan/1"}) {
        QVERIFY2(!PixelUnits::parse(wrong), wrong);
    }
}

void TestForeignModel::withoutDataAFileIsAModelAllTheSame()
{
    const auto model = openNetworkFile(kYesOrNo + ".onnx", {}, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const Encoder& encoder = model.value()->encoder();
    QCOMPARE(encoder.classes(), (std::vector<std::string>{"no", "yes"}));
    QCOMPARE(encoder.columns().size(), std::size_t{8});
    QCOMPARE(encoder.columns()[7].name, std::string("x8"));
    const Json assumed = assumptionsOf(*model.value())["assumed"];
    QCOMPARE(assumed["classes"]["from"].get<std::string>(), std::string("nobody"));
    QCOMPARE(assumptionLines(assumed).size(), std::size_t{2}); // columns and classes; the file ends with a sigmoid
    const std::string folder = m_folder.filePath("alone").toStdString();
    QVERIFY(model.value()->save(folder));
    const auto again = loadModel(folder, "cpu");
    QVERIFY(again);
    QCOMPARE(again.value()->card()["source"]["file"].get<std::string>(), std::string("yes_or_no.onnx"));
    QCOMPARE(describeModel(*again.value())["network"]["summary"]["layers"].size(), again.value()->card()["network"]["layers"].size());

    Builder picture({3, 6, 5});
    picture.node("Flatten", {"x"}, {"f"});
    picture.weights("w", {90, 4});
    picture.node("MatMul", {"f", "w"}, {"y"});
    ForeignOptions options;
    options.words.pixels = PixelUnits::parse("imagenet").value();
    const auto other = openNetworkFile(write("picture.onnx", picture.bytes()), {}, options, "cpu");
    QVERIFY2(other, other ? "" : other.error().message.c_str());
    QCOMPARE(other.value()->encoder().kind(), DataKind::Image);
    QCOMPARE(other.value()->encoder().classes()[3], std::string("class 3"));
    QCOMPARE(other.value()->encoder().imageMean()[2], 103.53F);
}

void TestForeignModel::namesThatDoNotFitAreRefused()
{
    ForeignOptions options;
    options.words.columns = {"a", "b"};
    const auto columns = openNetworkFile(kYesOrNo + ".onnx", {}, options, "cpu");
    options.words = {{"a", "b", "c"}, {}, {}, {}};
    const auto classes = openNetworkFile(kYesOrNo + ".onnx", {}, options, "cpu");
    Builder grey({1, 6, 5});
    grey.node("Flatten", {"x"}, {"f"});
    grey.weights("w", {30, 4});
    grey.node("MatMul", {"f", "w"}, {"y"});
    options.words = {{}, {}, {}, PixelUnits::parse("imagenet").value()};
    const auto pixels = openNetworkFile(write("grey4.onnx", grey.bytes()), {}, options, "cpu");

    QVERIFY(!columns && !classes && !pixels);
    QVERIFY2(columns.error().message.ends_with("takes 8 numbers, 2 columns are named"), columns.error().message.c_str());
    QVERIFY2(classes.error().message.ends_with("gives 2 classes, 3 are named"), classes.error().message.c_str());
    QVERIFY2(pixels.error().message.ends_with("are of 3 channels, the pictures have 1"), pixels.error().message.c_str());
}

void TestForeignModel::anImportedModelTakesWhatNobodySaidFromTheData()
{
    const auto path = yesOrNoTable();
    const std::string folder = m_folder.filePath("bound").toStdString();
    {
        const auto alone = openNetworkFile(kYesOrNo + ".onnx", {}, {}, "cpu");
        QVERIFY(alone && alone.value()->save(folder));
    }

    const auto model = loadModelFor(folder, path, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(model.value()->encoder().classes(), (std::vector<std::string>{"down", "up"}));
    QCOMPARE(model.value()->encoder().columns()[0].name, std::string("a"));
    const Json assumed = assumptionsOf(*model.value())["assumed"];
    QCOMPARE(assumed["target"]["value"].get<std::string>(), std::string("kind"));
    QVERIFY(assumed["target"]["text"].get<std::string>().ends_with("the last column"));
    const auto direct = openNetworkFile(kYesOrNo + ".onnx", path, {}, "cpu");
    QVERIFY(direct);
    const auto expected = answers(*direct.value(), path);
    const auto given = answers(*model.value(), path);
    QCOMPARE(given.probabilities, expected.probabilities);
    QCOMPARE(given.probabilities.size(), std::size_t{6});
}

void TestForeignModel::whatAPersonSaidIsNotLookedUpInTheData()
{
    const auto path = yesOrNoTable();
    ForeignOptions options;
    options.words = {{"up", "down"}, {"h", "g", "f", "e", "d", "c", "b", "a"}, "kind", {}};
    const std::string folder = m_folder.filePath("said").toStdString();
    {
        const auto alone = openNetworkFile(kYesOrNo + ".onnx", {}, options, "cpu");
        QVERIFY2(alone, alone ? "" : alone.error().message.c_str());
        QVERIFY(alone.value()->save(folder));
    }

    const auto model = loadModelFor(folder, path, {}, "cpu");
    const auto bound = openNetworkFile(kYesOrNo + ".onnx", path, options, "cpu");

    QVERIFY(model && bound);
    QCOMPARE(model.value()->encoder().classes(), options.words.classes);
    QCOMPARE(model.value()->encoder().columns()[0].name, std::string("h"));
    QVERIFY(assumptionLines(assumptionsOf(*model.value())["assumed"]).empty());
    QCOMPARE(answers(*model.value(), path).probabilities, answers(*bound.value(), path).probabilities);
    // A word of now counts over one of then.
    const auto other = loadModelFor(folder, path, {{"down", "up"}, {}, {}, {}}, "cpu");
    QVERIFY(other);
    QCOMPARE(other.value()->encoder().classes().front(), std::string("down"));
}

void TestForeignModel::theDataOfTheImportNamesColumnsAndClasses()
{
    const auto path = yesOrNoTable();
    const std::string folder = m_folder.filePath("named by data").toStdString();
    const auto model = openNetworkFile(kYesOrNo + ".onnx", path, {}, "cpu");
    QVERIFY(model && model.value()->save(folder));
    const auto expected = answers(*model.value(), path);
    const auto turned = yesOrNoColumns("turned.csv", "khgfedcba");
    const auto others = write("others.csv", "a,b,c,d,e,f,g,h,kind\n1,2,3,4,5,6,7,8,left\n8,7,6,5,4,3,2,1,up\n");

    const auto atTurned = loadModelFor(folder, turned, {}, "cpu");
    const auto atOthers = loadModelFor(folder, others, {}, "cpu");

    QVERIFY2(atTurned, atTurned ? "" : atTurned.error().message.c_str());
    QCOMPARE(answers(*atTurned.value(), turned).probabilities, expected.probabilities);
    QVERIFY2(atOthers, atOthers ? "" : atOthers.error().message.c_str());
    QCOMPARE(atOthers.value()->encoder().classes(), (std::vector<std::string>{"down", "up"}));
    const Json assumed = assumptionsOf(*atOthers.value())["assumed"];
    QVERIFY(assumed["classes"]["text"] == "classes are in the order of the data's (table): down, up");
    QVERIFY(assumed["columns"]["text"].get<std::string>().starts_with("inputs are the columns of the data (table) in their order"));
}

void TestForeignModel::wordsOfNowCountOverTheDataOfTheImport()
{
    const auto path = yesOrNoTable();
    const std::string folder = m_folder.filePath("named again").toStdString();
    QVERIFY(openNetworkFile(kYesOrNo + ".onnx", path, {}, "cpu").value()->save(folder));
    const auto renamed = write("renamed.csv", "p,q,r,s,t,u,v,w,kind\n1,2,3,4,5,6,7,8,up\n8,7,6,5,4,3,2,1,down\n");

    const auto classes = loadModelFor(folder, path, {{"no", "yes"}, {}, {}, {}}, "cpu");
    const auto order = loadModelFor(folder, path, {{}, {"h", "g", "f", "e", "d", "c", "b", "a"}, {}, {}}, "cpu");
    const auto others = loadModelFor(folder, renamed, {{}, {"p", "q", "r", "s", "t", "u", "v", "w"}, {}, {}}, "cpu");
    const auto few = loadModelFor(folder, path, {{}, {"a", "b"}, {}, {}}, "cpu");
    const auto input = loadModelFor(folder, path, {{}, {}, "h", {}}, "cpu");

    QVERIFY(classes && order && others && !few && !input);
    QCOMPARE(classes.value()->encoder().classes(), (std::vector<std::string>{"no", "yes"}));
    QVERIFY(assumptionsOf(*classes.value())["assumed"]["classes"]["from"] == "person");
    QVERIFY(assumptionsOf(*classes.value())["assumed"]["columns"]["from"] == "data");
    QCOMPARE(order.value()->encoder().columns().front().name, std::string("h"));
    QCOMPARE(others.value()->encoder().columns().front().name, std::string("p"));
    QCOMPARE(others.value()->encoder().classes(), (std::vector<std::string>{"down", "up"}));
    QVERIFY2(few.error().message.ends_with("takes samples of (8), 2 columns are named"), few.error().message.c_str());
    QVERIFY2(input.error().message.ends_with("the column \"h\" is an input of the model"), input.error().message.c_str());
}

void TestForeignModel::missingNumbersAreThoseOfTheImportsData()
{
    const std::string folder = m_folder.filePath("medians").toStdString();
    QVERIFY(openNetworkFile(kYesOrNo + ".onnx", yesOrNoTable(), {}, "cpu").value()->save(folder));
    const std::string head = "a,b,c,d,e,f,g,h,kind\n,2,3,4,5,6,7,8,up\n";
    const auto few = write("few.csv", head + "1,2,3,4,5,6,7,8,down\n");
    const auto large = write("large.csv", head + "90,2,3,4,5,6,7,8,down\n");

    const auto atFew = loadModelFor(folder, few, {}, "cpu");
    const auto atLarge = loadModelFor(folder, large, {}, "cpu");

    QVERIFY(atFew && atLarge);
    const auto first = answers(*atFew.value(), few);
    const auto second = answers(*atLarge.value(), large);
    QCOMPARE(first.probabilities.size(), std::size_t{4});
    QCOMPARE(first.probabilities[0], second.probabilities[0]); // whatever stands in the other rows
}

void TestForeignModel::whatStandsForMissingNumbersIsTold()
{
    const auto sentence = [](const Result<std::unique_ptr<Model>>& model, const std::string& path) {
        const DatasetInfo expected = model.value()->encoder().expectedData();
        const auto data = opened(path, &expected);
        const Json assumed = assumptionsOf(*model.value(), data.get())["assumed"];
        return assumed.contains("missing") ? assumed["missing"]["text"].get<std::string>() : "";
    };
    const auto whole = yesOrNoTable();
    const auto holes = write("holes.csv", "a,b,c,d,e,f,g,h,kind\n,2,3,,5,6,7,8,up\n1,2,3,4,5,6,7,8,down\n");
    const std::string bound = m_folder.filePath("told bound").toStdString();
    const std::string free = m_folder.filePath("told free").toStdString();
    const std::string said = m_folder.filePath("told said").toStdString();
    QVERIFY(openNetworkFile(kYesOrNo + ".onnx", whole, {}, "cpu").value()->save(bound));
    QVERIFY(openNetworkFile(kYesOrNo + ".onnx", {}, {}, "cpu").value()->save(free));
    ForeignOptions options;
    options.words = {{"up", "down"}, {"a", "b", "c", "d", "e", "f", "g", "h"}, "kind", {}};
    QVERIFY(openNetworkFile(kYesOrNo + ".onnx", {}, options, "cpu").value()->save(said));

    QCOMPARE(sentence(loadModelFor(bound, whole, {}, "cpu"), whole), std::string());
    QCOMPARE(sentence(loadModelFor(bound, holes, {}, "cpu"), holes), std::string("2 missing numbers are filled with medians of table"));
    QCOMPARE(sentence(loadModelFor(free, holes, {}, "cpu"), holes), std::string("2 missing numbers are filled with medians of holes"));
    QCOMPARE(
        sentence(loadModelFor(said, holes, {}, "cpu"), holes),
        std::string("2 missing numbers are taken as 0: no data has said what is usual"));
    QCOMPARE(
        sentence(openNetworkFile(kYesOrNo + ".onnx", holes, {}, "cpu"), holes),
        std::string("2 missing numbers are filled with medians of holes"));
}

void TestForeignModel::aTableOfNothingButInputsIsTaken_data()
{
    QTest::addColumn<bool>("isImportedWithData");
    QTest::addColumn<bool>("isPackage");
    QTest::addColumn<bool>("areColumnsSaid");
    QTest::newRow("columns and classes named by data") << true << true << false;
    QTest::newRow("nobody has named anything") << false << true << false;
    QTest::newRow("columns named by a person") << false << true << true;
    QTest::newRow("a file") << false << false << false;
    QTest::newRow("a file and named columns") << false << false << true;
}

void TestForeignModel::aTableOfNothingButInputsIsTaken()
{
    QFETCH(bool, isImportedWithData);
    QFETCH(bool, isPackage);
    QFETCH(bool, areColumnsSaid);
    const auto path = yesOrNoTable();
    const auto inputs = yesOrNoColumns("inputs.csv", "abcdefgh");
    const std::string folder = m_folder.filePath(QTest::currentDataTag()).toStdString();
    const auto made = openNetworkFile(kYesOrNo + ".onnx", isImportedWithData ? path : "", {}, "cpu");
    QVERIFY(made && made.value()->save(folder));
    ForeignOptions options;
    if (areColumnsSaid) {
        options.words.columns = {"a", "b", "c", "d", "e", "f", "g", "h"};
    }

    const auto model = isPackage ? loadModelFor(folder, inputs, options.words, "cpu")
                                 : openNetworkFile(kYesOrNo + ".onnx", inputs, options, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto given = answers(*model.value(), inputs);
    QCOMPARE(given.probabilities.size(), std::size_t{6});
    const auto whole = openNetworkFile(kYesOrNo + ".onnx", path, {}, "cpu");
    QCOMPARE(given.probabilities, answers(*whole.value(), path).probabilities);
    const auto classes = isImportedWithData ? std::vector<std::string>{"down", "up"} : std::vector<std::string>{"no", "yes"};
    QCOMPARE(model.value()->encoder().classes(), classes);
}

void TestForeignModel::picturesWithoutLabelsAreTaken()
{
    Builder grey({1, 6, 5});
    grey.node("Flatten", {"x"}, {"f"});
    grey.weights("w", {30, 3});
    grey.node("MatMul", {"f", "w"}, {"y"});
    const auto file = write("unlabelled.onnx", grey.bytes());
    std::string idx("\0\0\x08\x03\0\0\0\x02\0\0\0\x06\0\0\0\x05", 16);
    for (int i = 0; i < 60; ++i) {
        idx += static_cast<char>(4 * i);
    }
    const auto path = write("pictures-idx3-ubyte", idx);
    const std::string folder = m_folder.filePath("pictures").toStdString();
    QVERIFY(openNetworkFile(file, {}, {}, "cpu").value()->save(folder));

    const auto model = openNetworkFile(file, path, {}, "cpu");
    const auto stored = loadModelFor(folder, path, {}, "cpu");
    const auto nowhere = openNetworkFile(file, path + "x", {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QVERIFY2(stored, stored ? "" : stored.error().message.c_str());
    QCOMPARE(answers(*model.value(), path).probabilities.size(), std::size_t{6});
    QCOMPARE(answers(*stored.value(), path).probabilities.size(), std::size_t{6});
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().kind, ErrorKind::NotFound);
}

void TestForeignModel::numbersAreNoClassesForOneOutput()
{
    Builder builder({2});
    builder.weights("w", {2, 1});
    builder.node("MatMul", {"x", "w"}, {"y"});
    const auto file = write("one.onnx", builder.bytes());
    std::string text = "a,b,stars\n";
    for (int i = 0; i < 30; ++i) {
        text += std::to_string(i % 7) + "," + std::to_string(i % 4) + "," + std::to_string(1 + i % 5) + "\n";
    }

    const auto model = openNetworkFile(file, write("stars.csv", text), {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(model.value()->encoder().task(), Task::Regression);
}

void TestForeignModel::classesOfTheDataThatDoNotFitAreCounted()
{
    Builder builder;
    builder.weights("w", {4, 3});
    builder.node("MatMul", {"x", "w"}, {"y"});
    const auto file = write("three classes.onnx", builder.bytes());
    const auto messageFor = [&file](const std::string& path) {
        const auto model = openNetworkFile(file, path, {}, "cpu");
        return model ? std::string() : model.error().message;
    };

    const auto two = messageFor(write("two classes.csv", "a,b,c,d,kind\n1,2,3,4,x\n2,3,4,5,y\n3,4,5,6,x\n"));
    const auto value = messageFor(write("value.csv", "a,b,c,d,price\n1,2,3,4,1.5\n2,3,4,5,2.25\n3,4,5,6,7\n4,5,6,7,8.5\n"));

    QVERIFY2(two.ends_with("gives 3 classes, two classes has 2 of \"kind\""), two.c_str());
    QVERIFY2(value.ends_with("gives 3 classes, the column \"price\" of value is a value"), value.c_str());
}

void TestForeignModel::outputsThatAreLeftOutAreNamed()
{
    Builder builder;
    builder.weights("w", {4, 3});
    builder.node("MatMul", {"x", "w"}, {"y"});
    builder.node("Relu", {"y"}, {"hidden"});
    builder.node("ArgMax", {"y"}, {"class"});
    const auto alone = openNetworkFile(write("one output.onnx", builder.bytes()), {}, {}, "cpu");
    auto& hidden = *builder.model.mutable_graph()->add_output();
    hidden = builder.model.graph().output(0);
    hidden.set_name("hidden");
    auto& number = *builder.model.mutable_graph()->add_output(); // says in a number what "y" says
    number.set_name("class");
    number.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::INT64);

    const auto model = openNetworkFile(write("outputs.onnx", builder.bytes()), {}, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const Json assumed = assumptionsOf(*model.value())["assumed"];
    QVERIFY(assumed["output"]["value"] == "y");
    QVERIFY(assumed["output"]["text"] == "of the file's outputs \"y\" is taken, left out: hidden");
    QCOMPARE(assumptionLines(assumed).size(), std::size_t{4}); // columns, classes, output, scores
    QVERIFY(alone && !assumptionsOf(*alone.value())["assumed"].contains("output"));
}

void TestForeignModel::weightsAloneAreNoModel()
{
    const auto file = m_folder.filePath("weights.safetensors").toStdString();
    QVERIFY(writeSafetensors(file, std::vector<NamedTensor>{{"a.weight", Tensor(DType::Float32, {2, 2})}}, {}));

    const auto model = openNetworkFile(file, {}, {}, "cpu");

    QVERIFY(!model);
    QCOMPARE(model.error().kind, ErrorKind::Unsupported);
    QVERIFY(model.error().advice.find("ONNX") != std::string::npos);
}

void TestForeignModel::safetensorsOfOursAreTheWholeModel()
{
    const auto first = openNetworkFile(kYesOrNo + ".onnx", {}, {}, "cpu");
    QVERIFY(first);
    const auto file = m_folder.filePath("ours.safetensors").toStdString();
    QVERIFY(first.value()->exportTo("safetensors", file));

    const auto model = openNetworkFile(file, {}, {}, "cpu");

    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE(model.value()->encoder().classes(), first.value()->encoder().classes());
    const auto path = write("x.csv", "x1,x2,x3,x4,x5,x6,x7,x8,class\n1,2,3,4,5,6,7,8,no\n-1,0,1,0,2,0,1,0,yes\n");
    QCOMPARE(answers(*model.value(), path).probabilities, answers(*first.value(), path).probabilities);
}

void TestForeignModel::weightsThatAreNoNumbersAreRefusedByName()
{
    const auto first = openNetworkFile(kYesOrNo + ".onnx", {}, {}, "cpu");
    QVERIFY(first);
    const auto file = m_folder.filePath("spoiled.safetensors").toStdString();
    QVERIFY(first.value()->exportTo("safetensors", file));
    auto content = readSafetensors(file);
    QVERIFY(content);
    NamedTensor& spoiled = content->tensors.front();
    spoiled.tensor.floats()[0] = std::nanf("");
    QVERIFY(writeModelWeights(file, content->tensors, content->metadata));

    const auto model = openNetworkFile(file, {}, {}, "cpu");

    QVERIFY(!model);
    QVERIFY2(
        model.error().message.find("spoiled.safetensors: tensor \"" + spoiled.name + "\": NaN") != std::string::npos,
        model.error().message.c_str());
}

void TestForeignModel::aRunBeginsWithAnImportedModel()
{
    const auto model = openNetworkFile(kYesOrNo + ".onnx", {}, {}, "cpu");
    QVERIFY(model);
    const std::string folder = m_folder.filePath("start").toStdString();
    QVERIFY(model.value()->save(folder));

    const ForeignStart start = foreignStart(folder);

    QCOMPARE(start.pixels, std::string("0..1"));
    QVERIFY(start.network["input"] == (Json{8}));
    QVERIFY(foreignStart(m_folder.path().toStdString()).network.is_null());
}

QTEST_GUILESS_MAIN(TestForeignModel)
#include "tst_foreign_model.moc"
