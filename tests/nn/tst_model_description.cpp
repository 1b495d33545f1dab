#include <QTest>

#include <array>
#include <vector>

#include "engine/nn/lowering.h"
#include "engine/nn/model_description.h"
#include "engine/nn/presets.h"

using namespace ty;
using namespace ty::engine;

class TestModelDescription : public QObject {
    Q_OBJECT

private slots:
    void mistakesNameTheLayer_data();
    void mistakesNameTheLayer();
    void jsonRoundTrips();
    void summaryCountsParametersAndOperations();
    void poolsOfLargeWindowsCountInMoreThanBytes();
    void samePaddingFollowsOnnx();
    void ceilPoolsTakeTheRest();
    void transposedConvolutionsGrow();
    void aScaleByOneComputesNothing();
    void presetsFitEverySize_data();
    void presetsFitEverySize();
    void tablePresetHasADirectPath();
};

void TestModelDescription::mistakesNameTheLayer_data()
{
    QTest::addColumn<QString>("layers");
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char* name, const char* layers, const QStringList& words) {
        QTest::newRow(name) << QString(layers) << words;
    };
    row("unknown type", R"([{"name":"a","type":"denze"}])", {"\"a\"", "denze", "unknown type"});
    row("no type", R"([{"name":"a"}])", {"layer 1", "type"});
    row("unknown setting", R"([{"name":"a","type":"dense","units":3,"unitz":4}])", {"\"a\"", "unitz"});
    row("missing setting", R"([{"name":"a","type":"dense"}])", {"\"a\"", "units"});
    row("negative units", R"([{"name":"a","type":"dense","units":-3}])", {"\"a\"", "units", "-3"});
    row("huge units", R"([{"name":"a","type":"dense","units":99999999999}])", {"\"a\"", "units"});
    row("too many values", R"([{"name":"a","type":"dense","units":16000000},{"name":"b","type":"dense","units":16000000}])",
        {"\"b\"", "16000000"});
    row("text as units", R"([{"name":"a","type":"dense","units":"many"}])", {"\"a\"", "units", "many"});
    row("unknown activation", R"([{"name":"a","type":"dense","units":3,"activation":"rellu"}])", {"\"a\"", "rellu"});
    row("kernel too large", R"([{"name":"c","type":"conv2d","filters":2,"kernel":9,"padding":"valid"},{"name":"d","type":"dense","units":2}])",
        {"\"c\" (conv2d): a window of 9 rows", "(1, 3, 8, 8)"});
    row("bad groups", R"([{"name":"c","type":"conv2d","filters":4,"groups":2}])", {"\"c\"", "groups", "3"});
    row("bad padding", R"([{"name":"c","type":"conv2d","filters":4,"padding":"some"}])", {"\"c\"", "padding", "some"});
    row("convolution of a row", R"([{"name":"f","type":"flatten"},{"name":"c","type":"conv2d","filters":4}])",
        {"\"c\"", "(192)"});
    row("groups of one side alone", R"([{"name":"c","type":"conv2d","filters":4,"groups":3},{"name":"d","type":"dense","units":2}])",
        {"\"c\"", "3 groups", "3 channels", "4 filters"});
    row("pool larger than the picture", R"([{"name":"p","type":"maxPool2d","kernel":[2,9]},{"name":"d","type":"dense","units":2}])",
        {"\"p\"", "9 columns", "(1, 3, 8, 8)"});
    row("input of itself", R"([{"name":"a","type":"dense","units":3,"inputs":["a"]}])", {"\"a\"", "is the layer itself"});
    row("input that nobody gives", R"([{"name":"a","type":"dense","units":3,"inputs":["z"]}])", {"\"a\"", "\"z\" is not the name of a layer"});
    row("name that cannot be shown", R"([{"name":"a\u0000b","type":"dense","units":3}])", {"layer 1", "a\\u0000b"});
    row("type that cannot be shown", R"([{"type":"r\n"}])", {"layer 1", "r\\n1"});
    row("type too long for a name", (R"([{"type":")" + std::string(300, 'x') + R"("}])").c_str(), {"layer 1", "xxx..."});
    row("layers by name", R"({"a":{"type":"dense"}})", {"layers is not a list"});
    row("later input", R"([{"name":"a","type":"dense","units":3,"inputs":["b"]},{"name":"b","type":"dense","units":3}])",
        {"\"a\"", "\"b\" stands below it"});
    row("shapes do not add", R"([{"name":"a","type":"dense","units":3},{"name":"b","type":"dense","units":4,"inputs":["input"]},
        {"name":"s","type":"add","inputs":["a","b"]}])", {"\"s\" (add)", "\"a\" gives (3)", "\"b\" gives (4)"});
    row("pictures do not join", R"([{"name":"a","type":"conv2d","filters":3,"stride":2},{"name":"s","type":"concat","inputs":["a","input"]},
        {"name":"d","type":"dense","units":2}])", {"\"s\" (concat)", "\"a\" gives (3, 4, 4)", "\"input\" gives (3, 8, 8)", "axis 1"});
    row("a picture and a row do not join", R"([{"name":"a","type":"dense","units":3},{"name":"s","type":"concat","inputs":["a","input"]},
        {"name":"d","type":"dense","units":2}])", {"\"s\" (concat)", "\"a\" gives (3)", "\"input\" gives (3, 8, 8)", "as many axes"});
    row("a name that checkpoints use", R"([{"name":"optimizer/a","type":"dense","units":3}])", {"\"optimizer/a\"", "name"});
    row("add of one", R"([{"name":"a","type":"dense","units":3},{"name":"s","type":"add"}])", {"\"s\"", "two or more"});
    row("unused layer", R"([{"name":"a","type":"dense","units":3},{"name":"b","type":"dense","units":4,"inputs":["input"]}])",
        {"\"a\"", "nothing uses"});
    row("picture as output", R"([{"name":"c","type":"conv2d","filters":4}])", {"\"c\"", "(4, 8, 8)", "not flat"});
    row("twice the same name", R"([{"name":"a","type":"dense","units":3},{"name":"a","type":"dense","units":3}])", {"\"a\""});
    row("rate of one", R"([{"name":"d","type":"dropout","rate":1.0},{"name":"a","type":"dense","units":3}])", {"\"d\"", "rate"});
    row("reshape to another size", R"([{"name":"r","type":"reshape","shape":[5,5]}])", {"\"r\"", "(3, 8, 8)", "(5, 5)"});
    row("conv1d of a picture", R"([{"name":"c","type":"conv1d","filters":4}])", {"\"c\"", "(3, 8, 8)", "length"});
    row("transposed with too much", R"([{"name":"c","type":"convTranspose2d","filters":4,"stride":2,"padding":1,"outputPadding":2}])",
        {"\"c\"", "outputPadding 2"});
    row("transposed with more than a stride", R"([{"name":"c","type":"convTranspose2d","filters":4,"dilation":2,"padding":"valid","outputPadding":1}])",
        {"\"c\"", "outputPadding 1", "stride 1"});
    row("transposed to the same and more", R"([{"name":"c","type":"convTranspose2d","filters":4,"stride":2,"outputPadding":1}])",
        {"\"c\"", "outputPadding", "\"same\""});
    row("transposed to nothing", R"([{"name":"c","type":"convTranspose2d","filters":4,"kernel":1,"padding":4}])", {"\"c\"", "extent of 0"});
    row("groups of a norm", R"([{"name":"g","type":"groupNorm","groups":2}])", {"\"g\"", "2 groups", "(3, 8, 8)"});
    row("norm over the first", R"([{"name":"n","type":"layerNorm","over":"first"}])", {"\"n\"", "over", "first"});
    row("transpose twice", R"([{"name":"t","type":"transpose","order":[1,2,2]}])", {"\"t\"", "(1, 2, 2)", "(3, 8, 8)"});
    row("pad of two axes", R"([{"name":"p","type":"pad","before":[1,1],"after":[0,0,0]}])", {"\"p\"", "before", "3 whole numbers"});
    row("slice beyond", R"([{"name":"s","type":"slice","axis":2,"begin":6,"count":3}])", {"\"s\"", "6 to 9", "8"});
    row("slice of a fourth axis", R"([{"name":"s","type":"slice","axis":4,"count":3}])", {"\"s\"", "axis is 4", "1 to 3"});
    row("mean of one axis twice", R"([{"name":"m","type":"mean","axes":[2,2]}])", {"\"m\"", "(2, 2)"});
    row("scale of nothing", R"([{"name":"s","type":"scale"}])", {"\"s\"", "factor is missing"});
    row("upsample by nothing", R"([{"name":"u","type":"upsample2d","factor":0}])", {"\"u\"", "factor", "0"});
    row("lstm of a picture", R"([{"name":"l","type":"lstm","units":4}])", {"\"l\"", "sequence", "(3, 8, 8)"});
    row("lstm carried both ways", R"([{"name":"r","type":"reshape","shape":[24,8]},{"name":"l","type":"lstm","units":4,"bidirectional":true,"carryState":true}])",
        {"\"l\"", "bidirectional"});
    row("heads", R"([{"name":"r","type":"reshape","shape":[24,8]},{"name":"a","type":"attention","heads":3}])", {"\"a\"", "3 heads", "8 units"});
    row("attention to three", R"([{"name":"r","type":"reshape","shape":[24,8]},{"name":"a","type":"attention","inputs":["r","r","r"]}])",
        {"\"a\"", "3 inputs", "one or two"});
    row("causal attention to other steps", R"([{"name":"r","type":"reshape","shape":[24,8]},{"name":"k","type":"reshape","shape":[12,16],"inputs":["input"]},
        {"name":"a","type":"attention","units":4,"causal":true,"inputs":["r","k"]}])", {"\"a\"", "\"causal\"", "24 steps", "12"});
    row("embedding of a picture", R"([{"name":"e","type":"embedding","vocabulary":4,"units":4}])", {"\"e\"", "(3, 8, 8)"});
    row("embedding of nothing", R"([{"name":"e","type":"embedding","units":4}])", {"\"e\"", "vocabulary is missing"});
    row("unknown beginning", R"([{"name":"d","type":"dense","units":4,"initial":"zeros"}])", {"\"d\"", "initial", "zeros"});
    row("beginning of a pool", R"([{"name":"m","type":"maxPool2d","initial":"heNormal"}])", {"\"m\"", "unknown setting"});
    row("bias beginning", R"([{"name":"d","type":"dense","units":4,"biasInitial":"one"}])", {"\"d\"", "biasInitial"});
    row("no layers", R"([])", {"no layers"});
    row("layer is a number", R"([3])", {"layer 1"});
}

void TestModelDescription::mistakesNameTheLayer()
{
    QFETCH(QString, layers);
    QFETCH(QStringList, words);
    const auto json = parseJson(R"({"input":[3,8,8],"layers":)" + layers.toStdString() + "}", "test");
    QVERIFY(json);
    const auto model = ModelDescription::fromJson(*json);
    std::string message;
    if (!model) {
        message = model.error().message;
    } else {
        const auto summary = summarise(*model);
        QVERIFY(!summary);
        message = summary.error().message;
    }
    for (const QString& word : words) {
        QVERIFY2(QString::fromStdString(message).contains(word), message.c_str());
    }
}

void TestModelDescription::jsonRoundTrips()
{
    const ModelDescription model = imagePreset(PresetSize::Balanced, {1, 28, 28}, 10, 60000);
    const auto again = ModelDescription::fromJson(model.toJson());
    QVERIFY(again);
    QCOMPARE(again->toJson().dump(), model.toJson().dump());
    QVERIFY(!ModelDescription::fromJson(Json::parse("[]")));
    QVERIFY(!ModelDescription::fromJson(Json::parse(R"({"input":[0],"layers":[{"type":"flatten"}]})")));
    QVERIFY(!ModelDescription::fromJson(Json::parse(R"({"input":[1,2,3,4],"layers":[{"type":"flatten"}]})")));
}

void TestModelDescription::summaryCountsParametersAndOperations()
{
    const auto json = Json::parse(R"({"input":[1,28,28],"layers":[
        {"name":"conv1","type":"conv2d","filters":32,"kernel":3,"activation":"relu"},
        {"name":"pool1","type":"maxPool2d","kernel":2},
        {"name":"norm1","type":"batchNorm"},
        {"name":"logits","type":"dense","units":10}]})");
    const auto summary = summarise(ModelDescription::fromJson(json).value());
    QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
    QCOMPARE(summary->layers[0].parameters, std::int64_t{32 * 9 + 32});
    QCOMPARE(summary->layers[0].outputShape, (Shape{32, 28, 28}));
    QCOMPARE(summary->layers[1].outputShape, (Shape{32, 14, 14}));
    QCOMPARE(summary->layers[2].parameters, std::int64_t{64});
    QCOMPARE(summary->layers[3].parameters, std::int64_t{32 * 14 * 14 * 10 + 10});
    QCOMPARE(summary->outputShape, (Shape{10}));
    // 2 operations a multiplication; bias and relu are one a value each.
    QCOMPARE(summary->layers[0].flops, 28.0 * 28 * 32 * (2 * 9 + 2));
    // A pool keeps in a byte where each largest value was. The rows make up the whole.
    QCOMPARE(summary->layers[1].activationBytes, std::uint64_t{32 * 14 * 14 * (4 + 1)});
    std::uint64_t bytes = 0;
    for (const LayerSummary& row : summary->layers) {
        bytes += row.activationBytes;
    }
    QCOMPARE(summary->activationBytes, bytes);
    QVERIFY(bytes > 2 * 32 * 28 * 28 * 4);
}

void TestModelDescription::poolsOfLargeWindowsCountInMoreThanBytes()
{
    const auto bytesOf = [](const char* layer) {
        const auto json = Json::parse(std::string(R"({"input":[3,64,64],"layers":[)") + layer + R"(,{"type":"dense","units":2}]})");
        return summarise(ModelDescription::fromJson(json).value())->layers[0].activationBytes;
    };
    QCOMPARE(bytesOf(R"({"type":"maxPool2d","kernel":16})"), std::uint64_t{3 * 4 * 4 * (4 + 1)});
    QCOMPARE(bytesOf(R"({"type":"maxPool2d","kernel":[16,17],"stride":16})"), std::uint64_t{3 * 4 * 3 * (4 + 4)});
}

void TestModelDescription::samePaddingFollowsOnnx()
{
    // 7 with stride 2 and kernel 3: 4 results, 2 rows of padding, one at each side; 8: one row, at the end.
    for (const auto& [extent, result, begin, end] :
         {std::array<std::int64_t, 4>{7, 4, 1, 1}, std::array<std::int64_t, 4>{8, 4, 0, 1}}) {
        ModelDescription model;
        model.input = {1, extent, extent};
        LayerDescription layer;
        layer.name = "c";
        layer.type = "conv2d";
        layer.settings = {{"filters", 1}, {"kernel", 3}, {"stride", 2}};
        LayerDescription flat;
        flat.name = "f";
        flat.type = "flatten";
        model.layers = {layer, flat};
        const auto network = lowerNetwork(model, 1, NetworkMode::Inference);
        QVERIFY(network);
        QCOMPARE(network->graph.shape(network->layerOutputs[0])[2], result);
        const auto& attributes = network->graph.node(0).as<ConvolutionAttributes>();
        QCOMPARE(attributes.padding[0], begin);
        QCOMPARE(attributes.padding[2], end);
    }
}

namespace {

Shape shapeAfter(const Shape& input, const char* layer)
{
    const auto model = ModelDescription::fromJson({{"input", input}, {"layers", {Json::parse(layer), {{"type", "flatten"}}}}});
    const auto network = lowerNetwork(model.value(), 1, NetworkMode::Inference);
    const Shape& shape = network->graph.shape(network->layerOutputs[0]);
    return {shape.begin() + 1, shape.end()};
}

} // namespace

void TestModelDescription::ceilPoolsTakeTheRest()
{
    // The sizes of PyTorch 1.13, MaxPool2d(kernel, stride, padding, ceil_mode=True): 32 -> 16, 7 -> 4, 6 -> 3; with
    // stride 4 and kernel 2 the last window of 6 must begin inside, that of 5 does.
    QCOMPARE(shapeAfter({1, 32, 7}, R"({"type":"maxPool2d","kernel":3,"stride":2,"ceil":true})"), (Shape{1, 16, 3}));
    QCOMPARE(shapeAfter({1, 8, 6}, R"({"type":"averagePool2d","kernel":3,"stride":2,"padding":1,"ceil":true})"), (Shape{1, 5, 4}));
    QCOMPARE(shapeAfter({1, 6, 5}, R"({"type":"maxPool2d","kernel":1,"stride":4,"ceil":true})"), (Shape{1, 2, 2}));
    QCOMPARE(shapeAfter({1, 4, 4}, R"({"type":"maxPool2d","kernel":1,"stride":4,"ceil":true})"), (Shape{1, 1, 1}));
}

void TestModelDescription::aScaleByOneComputesNothing()
{
    const auto nodesOf = [](double factor) {
        const auto model = ModelDescription::fromJson(
            {{"input", {4}},
             {"layers", {{{"type", "softmax"}}, {{"name", "s"}, {"type", "scale"}, {"factor", factor}}}}});
        const auto network = lowerNetwork(model.value(), 2, NetworkMode::Training);
        return network->graph.nodes().size();
    };
    QCOMPARE(nodesOf(1), std::size_t{1});
    QCOMPARE(nodesOf(0.5), std::size_t{2});
}

void TestModelDescription::transposedConvolutionsGrow()
{
    QCOMPARE(shapeAfter({4, 7, 5}, R"({"type":"convTranspose2d","filters":2,"kernel":3,"stride":2})"), (Shape{2, 14, 10}));
    QCOMPARE(shapeAfter({4, 7, 5}, R"({"type":"convTranspose2d","filters":2,"kernel":2,"stride":3})"), (Shape{2, 21, 15}));
    QCOMPARE(
        shapeAfter({4, 7, 5}, R"({"type":"convTranspose2d","filters":2,"kernel":3,"stride":2,"padding":1,"outputPadding":1})"),
        (Shape{2, 14, 10}));
    QCOMPARE(
        shapeAfter({4, 7, 5}, R"({"type":"convTranspose2d","filters":2,"kernel":3,"padding":"valid","dilation":2})"),
        (Shape{2, 11, 9}));
    QCOMPARE(shapeAfter({4, 9}, R"({"type":"conv1d","filters":2,"kernel":3,"stride":2,"padding":[2,0]})"), (Shape{2, 5}));
}

void TestModelDescription::presetsFitEverySize_data()
{
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    for (const auto& [channels, height, width] : std::vector<std::array<int, 3>>{
             {1, 1, 1}, {1, 4, 4}, {1, 8, 8}, {1, 28, 28}, {3, 32, 32}, {3, 64, 64}, {3, 64, 33}, {3, 96, 96}, {3, 224, 224}, {1, 5, 400}}) {
        QTest::addRow("%d x %d x %d", channels, height, width) << channels << height << width;
    }
}

void TestModelDescription::presetsFitEverySize()
{
    QFETCH(int, channels);
    QFETCH(int, height);
    QFETCH(int, width);
    std::int64_t previous = 0;
    for (const PresetSize size : {PresetSize::Fast, PresetSize::Balanced, PresetSize::Best}) {
        const auto summary = summarise(imagePreset(size, {channels, height, width}, 7, 1000));
        QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
        QCOMPARE(summary->outputShape, (Shape{7}));
        QVERIFY(summary->parameters >= previous);
        QVERIFY(summary->parameters < 10'000'000);
        previous = summary->parameters;
    }
}

void TestModelDescription::tablePresetHasADirectPath()
{
    for (const PresetSize size : {PresetSize::Fast, PresetSize::Balanced, PresetSize::Best}) {
        const ModelDescription model = tablePreset(size, 4, 3, 150);
        const auto summary = summarise(model);
        QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
        QCOMPARE(summary->outputShape, (Shape{3}));
        QCOMPARE(model.layers.back().inputs, (std::vector<std::string>{"deep", "direct"}));
    }
    QVERIFY(summarise(tablePreset(PresetSize::Best, 10'000, 2, 1'000'000)));
}

QTEST_GUILESS_MAIN(TestModelDescription)
#include "tst_model_description.moc"
