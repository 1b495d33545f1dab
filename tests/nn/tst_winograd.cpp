#include <QTest>

#include <vector>

#include <fmt/format.h>

#include "engine/backends/cpu/kernels/winograd_kernels.h"
#include "engine/backends/cpu/winograd_rule.h"

#include "convolution_trial.h"

using namespace ty;
using namespace ty::engine;

class TestWinograd : public QObject {
    Q_OBJECT

private slots:
    void everyPassAgreesWithTheReference_data();
    void everyPassAgreesWithTheReference();
    void picturesInBFloat16AreRoundedOnceAndNothingElseIs_data();
    void picturesInBFloat16AreRoundedOnceAndNothingElseIs();
    void activationsAreApplied_data();
    void activationsAreApplied();
    void theSameThreadsGiveTheSameBits();
    void otherWindowsAreLeftToOthers();
    void picturesThatDoNotFillTilesAreLeftToOthers();
    void stridedWindowsPayForManyChannels();
    void picturesInBFloat16StayWithUsWhereTheLibraryWouldBeSlower();
};

namespace {

/// One pass of a convolution of pictures {images, channels, height, width} with `filters` windows of 3 x 3.
struct Case {
    OpKind kind = OpKind::Conv2d;
    std::int64_t images = 1;
    std::int64_t channels = 16;
    std::int64_t filters = 16;
    std::int64_t height = 4;
    std::int64_t width = 4;
    Activation activation;
    std::int64_t stride = 1;
    DType read = DType::Float32;    ///< format of the pictures that are read
    DType written = DType::Float32; ///< ... and of the one that is written, if one is
};

Graph makeGraph(const Case& one)
{
    ConvolutionAttributes attributes;
    attributes.padding = {1, 1, 1, 1};
    attributes.activation = one.activation;
    attributes.stride = {one.stride, one.stride};
    const Shape x{one.images, one.channels, one.height, one.width};
    const auto resultOf = [&one](std::int64_t length) { return (length - 1) / one.stride + 1; };
    const Shape y{one.images, one.filters, resultOf(one.height), resultOf(one.width)};
    const Shape weight{one.filters, one.channels, 3, 3};
    Graph graph;
    switch (one.kind) {
    case OpKind::Conv2d:
        graph.apply(
            one.kind,
            {graph.addInput("x", x), graph.addParameter("w", weight), graph.addParameter("b", {one.filters})},
            attributes);
        break;
    case OpKind::Conv2dInputGrad:
        attributes.resultShape = x;
        graph.apply(one.kind, {graph.addInput("dy", y), graph.addParameter("w", weight)}, attributes);
        break;
    default:
        attributes.resultShape = weight;
        attributes.hasBiasGrad = true;
        graph.apply(one.kind, {graph.addInput("dy", y), graph.addInput("x", x)}, attributes);
        break;
    }
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const auto id = static_cast<ValueId>(i);
        if (graph.shape(id) == x || graph.shape(id) == y) {
            graph.setChannelBlock(id, canonicalBlock(graph.shape(id), 16));
            graph.setDType(id, graph.value(id).role == ValueRole::Result ? one.written : one.read);
        }
    }
    return graph;
}

ConvolutionTrial trialOf(const Graph& graph)
{
    const auto make = [](KernelBuilder& builder, const Node& node) {
        return node.kind == OpKind::Conv2d         ? kernels::winogradConv2d(builder, node)
            : node.kind == OpKind::Conv2dInputGrad ? kernels::winogradInputGrad(builder, node)
                                                   : kernels::winogradWeightGrad(builder, node);
    };
    return {graph, winogradWeightDesc(graph.shape(weightOf(graph))), make};
}

std::vector<std::vector<float>> computed(const Graph& graph, int threads)
{
    return engine::computed(trialOf(graph), threads);
}

} // namespace

void TestWinograd::everyPassAgreesWithTheReference_data()
{
    QTest::addColumn<int>("images");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("filters");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::newRow("one pixel") << 1 << 16 << 16 << 1 << 1;
    QTest::newRow("one pixel, many images") << 37 << 16 << 32 << 1 << 1;
    QTest::newRow("one row") << 3 << 32 << 16 << 1 << 9;
    QTest::newRow("one column") << 2 << 16 << 48 << 7 << 1;
    QTest::newRow("two by two") << 5 << 16 << 16 << 2 << 2;
    QTest::newRow("one tile") << 1 << 16 << 16 << 4 << 4;
    QTest::newRow("one image, odd sizes") << 1 << 32 << 48 << 7 << 5;
    QTest::newRow("a pixel more than tiles") << 2 << 48 << 32 << 9 << 13;
    QTest::newRow("three pixels more") << 3 << 16 << 80 << 11 << 7;
    QTest::newRow("eighty channels") << 2 << 80 << 16 << 6 << 6;
    QTest::newRow("as in ResNet-56") << 2 << 16 << 16 << 32 << 32;
    QTest::newRow("many channels on few pixels") << 3 << 64 << 64 << 8 << 8;
    QTest::newRow("by parts") << 3 << 256 << 256 << 7 << 7;
    QTest::newRow("by parts, an even size") << 2 << 256 << 256 << 14 << 16;
    QTest::newRow("by parts that are cut") << 2 << 272 << 304 << 5 << 9;
    QTest::newRow("by parts, more tiles than at once") << 131 << 240 << 288 << 2 << 1;
    QTest::newRow("by parts, more tiles than a gradient takes") << 259 << 256 << 256 << 1 << 1;
}

void TestWinograd::everyPassAgreesWithTheReference()
{
    QFETCH(int, images);
    QFETCH(int, channels);
    QFETCH(int, filters);
    QFETCH(int, height);
    QFETCH(int, width);
    for (const OpKind kind : {OpKind::Conv2d, OpKind::Conv2dInputGrad, OpKind::Conv2dWeightGrad}) {
        for (const std::int64_t stride : {1, 2}) {
            const Graph graph = makeGraph({kind, images, channels, filters, height, width, {}, stride});
            const auto references = expected(graph);
            const auto ofOneThread = computed(graph, 1);
            for (int threads = 1; threads <= 3; ++threads) {
                const auto results = computed(graph, threads);
                // The direct sum in float32 is within 1e-6 of the largest value, the transforms lose a digit at most.
                const std::string difference = differenceBetween(results, references, 5e-6);
                QVERIFY2(
                    difference.empty(),
                    fmt::format(
                        "pass {}, stride {}, {} threads: {}", static_cast<int>(kind), stride, threads, difference)
                        .c_str());
                // Who does which pixels changes from run to run. Sums of a weight's gradient go by the number of threads.
                QVERIFY2(
                    kind == OpKind::Conv2dWeightGrad || results == ofOneThread,
                    fmt::format("pass {}, stride {}: other bits on {} threads", static_cast<int>(kind), stride, threads).c_str());
            }
        }
    }
}

void TestWinograd::picturesInBFloat16AreRoundedOnceAndNothingElseIs_data()
{
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("filters");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::newRow("full tiles") << 32 << 16 << 8 << 12;
    QTest::newRow("one pixel") << 16 << 16 << 1 << 1;
    QTest::newRow("odd sizes") << 16 << 48 << 7 << 5;
    QTest::newRow("a pixel more than tiles") << 48 << 32 << 9 << 13;
    QTest::newRow("by parts") << 256 << 272 << 7 << 5;
}

void TestWinograd::picturesInBFloat16AreRoundedOnceAndNothingElseIs()
{
    QFETCH(int, channels);
    QFETCH(int, filters);
    QFETCH(int, height);
    QFETCH(int, width);
    for (const OpKind kind : {OpKind::Conv2d, OpKind::Conv2dInputGrad, OpKind::Conv2dWeightGrad}) {
        for (const std::int64_t stride : {1, 2}) {
            Case one{kind, 3, channels, filters, height, width, {}, stride, DType::BFloat16, DType::Float32};
            const Graph graph = makeGraph(one);
            auto results = computed(graph, 2);
            const std::string difference = differenceBetween(results, expected(graph), 5e-6);
            QVERIFY2(
                difference.empty(),
                fmt::format("pass {}, stride {}: {}", static_cast<int>(kind), stride, difference).c_str());
            if (kind == OpKind::Conv2dWeightGrad) {
                continue; // float32 always
            }
            for (float& number : results[0]) {
                number = loops::toFloat(loops::fromFloat<BFloat16>(number));
            }
            one.written = DType::BFloat16;
            QVERIFY(computed(makeGraph(one), 2) == results);
        }
    }
}

void TestWinograd::activationsAreApplied_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"relu", "leakyRelu", "elu", "gelu", "silu", "sigmoid", "tanh", "hardSigmoid", "hardSwish", "hardTanh"}) {
        QTest::newRow(name) << name;
    }
}

void TestWinograd::activationsAreApplied()
{
    QFETCH(QString, name);
    const Activation activation = *activationFromName(name.toStdString());
    const Graph graph = makeGraph({OpKind::Conv2d, 2, 16, 32, 6, 9, activation});
    // Arguments reach 50, and bounded results are as wrong as these.
    const std::string difference = differenceBetween(computed(graph, 2), expected(graph), 1e-4);
    QVERIFY2(difference.empty(), difference.c_str());

    const Graph half = makeGraph({OpKind::Conv2d, 2, 16, 32, 6, 9, activation, 1, DType::BFloat16, DType::BFloat16});
    // The argument is rounded, and then the result.
    const std::string halfDifference = differenceBetween(computed(half, 2), expected(half), 1e-2);
    QVERIFY2(halfDifference.empty(), halfDifference.c_str());
}

void TestWinograd::theSameThreadsGiveTheSameBits()
{
    for (const OpKind kind : {OpKind::Conv2d, OpKind::Conv2dInputGrad, OpKind::Conv2dWeightGrad}) {
        const Graph graph = makeGraph({kind, 5, 32, 16, 14, 14, {}});
        QVERIFY(computed(graph, 2) == computed(graph, 2));
        if (kind != OpKind::Conv2dWeightGrad) {
            QVERIFY(computed(graph, 1) == computed(graph, 3));
        }
        const Graph byParts = makeGraph({kind, 3, 256, 272, 7, 7, {}});
        QVERIFY(computed(byParts, 1) == computed(byParts, 3));
        const Graph strided = makeGraph({kind, 3, 32, 48, 15, 14, {}, 2});
        QVERIFY(computed(strided, 2) == computed(strided, 2));
        const Graph stridedByParts = makeGraph({kind, 2, 256, 272, 13, 13, {}, 2});
        QVERIFY(computed(stridedByParts, 1) == computed(stridedByParts, 3));
    }
}

void TestWinograd::otherWindowsAreLeftToOthers()
{
    ConvolutionAttributes same;
    same.padding = {1, 1, 1, 1};
    const ConvolutionShapes shapes{{8, 16, 32, 32}, {16, 16, 3, 3}, {8, 16, 32, 32}, DType::Float32};
    QVERIFY(isWinogradPossible(shapes, same));

    auto settings = same;
    settings.stride = {2, 2};
    QVERIFY(isWinogradPossible(shapes, settings));
    settings.stride = {1, 2};
    QVERIFY(!isWinogradPossible(shapes, settings));
    settings = same;
    settings.dilation = {1, 2};
    QVERIFY(!isWinogradPossible(shapes, settings));
    settings = same;
    settings.padding = {1, 1, 0, 1};
    QVERIFY(!isWinogradPossible(shapes, settings));
    settings = same;
    settings.groups = 16;
    QVERIFY(!isWinogradPossible(shapes, settings));
    auto other = shapes;
    other.weight = {16, 16, 3, 1};
    QVERIFY(!isWinogradPossible(other, same));
    other.weight = {16, 24, 3, 3};
    QVERIFY(!isWinogradPossible(other, same));
}

void TestWinograd::picturesThatDoNotFillTilesAreLeftToOthers()
{
    ConvolutionAttributes same;
    same.padding = {1, 1, 1, 1};
    const auto isChosen = [&same](Shape x, std::int64_t filters) {
        const Shape y{x[0], filters, x[2], x[3]};
        return isWinogradFaster({x, {filters, x[1], 3, 3}, y, DType::Float32}, same);
    };
    if (!isChosen({32, 16, 32, 32}, 16)) {
        QSKIP("this processor or build has no vectors of 16 floats");
    }
    QVERIFY(isChosen({8, 64, 56, 56}, 64));
    QVERIFY(isChosen({16, 512, 7, 7}, 512));
    QVERIFY(!isChosen({32, 64, 2, 2}, 64));
    QVERIFY(!isChosen({32, 64, 1, 9}, 64));
    QVERIFY(!isChosen({1, 256, 8, 8}, 256));
    QVERIFY(isChosen({8, 512, 7, 7}, 512)); // by parts
    QVERIFY(isChosen({4, 512, 7, 7}, 512));
    QVERIFY(!isChosen({3, 512, 7, 7}, 512));
}

void TestWinograd::stridedWindowsPayForManyChannels()
{
    ConvolutionAttributes strided;
    strided.padding = {1, 1, 1, 1};
    strided.stride = {2, 2};
    const auto isChosen = [&strided](Shape x, std::int64_t filters) {
        const Shape y{x[0], filters, (x[2] + 1) / 2, (x[3] + 1) / 2};
        return isWinogradFaster({x, {filters, x[1], 3, 3}, y, DType::Float32}, strided);
    };
    if (!isChosen({8, 128, 56, 56}, 128)) {
        QSKIP("this processor or build has no vectors of 16 floats");
    }
    QVERIFY(isChosen({8, 512, 14, 14}, 512));
    QVERIFY(!isChosen({32, 16, 32, 32}, 32));
    QVERIFY(!isChosen({8, 512, 8, 8}, 512)); // a single tile an image
    QVERIFY(!isChosen({3, 512, 14, 14}, 512));
}

void TestWinograd::picturesInBFloat16StayWithUsWhereTheLibraryWouldBeSlower()
{
    const auto isChosen = [](Shape x, std::int64_t filters, std::int64_t stride, bool hasTiles) {
        ConvolutionAttributes settings;
        settings.padding = {1, 1, 1, 1};
        settings.stride = {stride, stride};
        const Shape y{x[0], filters, (x[2] - 1) / stride + 1, (x[3] - 1) / stride + 1};
        return isWinogradFaster({x, {filters, x[1], 3, 3}, y, DType::BFloat16}, settings, hasTiles);
    };
    constexpr bool kTiles = true;
    if (!isChosen({32, 16, 32, 32}, 16, 1, !kTiles)) {
        QSKIP("this processor or build has no vectors of 16 floats");
    }
    QVERIFY(isChosen({128, 64, 14, 14}, 128, 1, !kTiles));
    QVERIFY(isChosen({8, 512, 7, 7}, 512, 1, !kTiles));
    QVERIFY(!isChosen({32, 64, 2, 2}, 64, 1, !kTiles));
    QVERIFY(!isChosen({8, 128, 56, 56}, 128, 2, !kTiles)); // which float32 leaves to us
    // Tiles multiply eight times as fast as vectors.
    QVERIFY(!isChosen({32, 16, 32, 32}, 16, 1, kTiles));
    QVERIFY(!isChosen({8, 512, 7, 7}, 512, 1, kTiles));
}

QTEST_GUILESS_MAIN(TestWinograd)
#include "tst_winograd.moc"
