#include <QTest>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/backends/cpu/gradient_joins.h"
#include "engine/backends/cpu/kernels/strassen_kernels.h"
#include "engine/backends/cpu/strassen_rule.h"
#include "engine/backends/cpu/winograd_rule.h"
#include "engine/base/random.h"
#include "engine/graph/elementwise_fusion.h"
#include "engine/graph/reference_interpreter.h"

#include "convolution_trial.h"

using namespace ty;
using namespace ty::engine;

class TestStrassen : public QObject {
    Q_OBJECT

private slots:
    void everyPassAgreesWithTheReference_data();
    void everyPassAgreesWithTheReference();
    void biasAndReluAreApplied();
    void theSameThreadsGiveTheSameBits();
    void otherConvolutionsAreLeftToOthers();
    void anotherGradientIsAddedOnTheWay_data();
    void anotherGradientIsAddedOnTheWay();
    void sumsOfGradientsGoIntoConvolutions_data();
    void sumsOfGradientsGoIntoConvolutions();
    void sumsThatOthersReadStay();
};

namespace {

/// One pass of a convolution of one pixel of pictures {images, channels, height, width}.
struct Case {
    OpKind kind = OpKind::Conv2d;
    std::int64_t images = 2;
    std::int64_t channels = 64;
    std::int64_t filters = 64;
    std::int64_t height = 4;
    std::int64_t width = 4;
    std::int64_t stride = 1;
    Activation activation;
    bool hasBias = false;
};

Graph makeGraph(const Case& one)
{
    ConvolutionAttributes attributes;
    attributes.activation = one.activation;
    attributes.stride = {one.stride, one.stride};
    const Shape x{one.images, one.channels, one.height, one.width};
    const auto resultOf = [&one](std::int64_t length) { return (length - 1) / one.stride + 1; };
    const Shape y{one.images, one.filters, resultOf(one.height), resultOf(one.width)};
    const Shape weight{one.filters, one.channels, 1, 1};
    Graph graph;
    if (one.kind == OpKind::Conv2d) {
        std::vector<ValueId> inputs{graph.addInput("x", x), graph.addParameter("w", weight)};
        if (one.hasBias) {
            inputs.push_back(graph.addParameter("b", {one.filters}));
        }
        graph.apply(one.kind, inputs, attributes);
    } else if (one.kind == OpKind::Conv2dInputGrad) {
        attributes.resultShape = x;
        graph.apply(one.kind, {graph.addInput("dy", y), graph.addParameter("w", weight)}, attributes);
    } else {
        attributes.resultShape = weight;
        graph.apply(one.kind, {graph.addInput("dy", y), graph.addInput("x", x)}, attributes);
    }
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const auto id = static_cast<ValueId>(i);
        if (graph.shape(id) == x || graph.shape(id) == y) {
            graph.setChannelBlock(id, canonicalBlock(graph.shape(id), 16));
        }
    }
    return graph;
}

std::vector<std::vector<float>> computed(const Graph& graph, int threads)
{
    const auto make = [](KernelBuilder& builder, const Node& node) {
        return node.kind == OpKind::Conv2d         ? kernels::strassenConv2d(builder, node)
            : node.kind == OpKind::Conv2dInputGrad ? kernels::strassenInputGrad(builder, node)
                                                   : kernels::strassenWeightGrad(builder, node);
    };
    return engine::computed(ConvolutionTrial{graph, winogradWeightDesc(graph.shape(weightOf(graph))), make}, threads);
}

constexpr OpKind kPasses[] = {OpKind::Conv2d, OpKind::Conv2dInputGrad, OpKind::Conv2dWeightGrad};

} // namespace

void TestStrassen::everyPassAgreesWithTheReference_data()
{
    QTest::addColumn<int>("images");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("filters");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::newRow("one pixel") << 2 << 64 << 64 << 1 << 1;
    QTest::newRow("fourteen pixels") << 2 << 64 << 128 << 2 << 7;
    QTest::newRow("a pixel more than a tile") << 2 << 128 << 64 << 5 << 3;
    QTest::newRow("tiles across images") << 6 << 64 << 192 << 7 << 7;
    QTest::newRow("tiles that end with the image") << 4 << 192 << 64 << 14 << 14;
    QTest::newRow("more tiles than at once") << 4 << 64 << 64 << 28 << 28;
    QTest::newRow("odd sizes") << 8 << 64 << 64 << 9 << 13;
    QTest::newRow("more channels than at once") << 2 << 576 << 64 << 6 << 6;
    QTest::newRow("by panels") << 4 << 512 << 512 << 7 << 7;
    QTest::newRow("by an odd number of panels") << 2 << 512 << 576 << 3 << 5;
}

void TestStrassen::everyPassAgreesWithTheReference()
{
    QFETCH(int, images);
    QFETCH(int, channels);
    QFETCH(int, filters);
    QFETCH(int, height);
    QFETCH(int, width);
    for (const OpKind kind : kPasses) {
        for (const std::int64_t stride : {1, 2}) {
            const Graph graph = makeGraph({kind, images, channels, filters, height, width, stride, {}, false});
            const auto references = expected(graph);
            const auto ofOneThread = computed(graph, 1);
            for (int threads = 1; threads <= 3; ++threads) {
                const auto results = computed(graph, threads);
                // The direct sum in float32 is within 1e-6 of the largest value.
                const std::string difference = differenceBetween(results, references, 4e-6);
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

void TestStrassen::biasAndReluAreApplied()
{
    for (const bool isByPanels : {false, true}) {
        const std::int64_t channels = isByPanels ? 512 : 128;
        for (const bool hasBias : {false, true}) {
            for (const ActivationKind kind : {ActivationKind::None, ActivationKind::Relu}) {
                const Graph graph = makeGraph({OpKind::Conv2d, 4, channels, channels, 6, 7, 1, {kind}, hasBias});
                const std::string difference = differenceBetween(computed(graph, 2), expected(graph), 4e-6);
                QVERIFY2(difference.empty(), difference.c_str());
            }
        }
    }
}

void TestStrassen::theSameThreadsGiveTheSameBits()
{
    for (const OpKind kind : kPasses) {
        const Graph graph = makeGraph({kind, 6, 64, 128, 10, 14, 1, {}, false});
        QVERIFY(computed(graph, 2) == computed(graph, 2));
        if (kind != OpKind::Conv2dWeightGrad) {
            QVERIFY(computed(graph, 1) == computed(graph, 3));
        }
        const Graph byPanels = makeGraph({kind, 4, 512, 576, 7, 7, 1, {}, false});
        QVERIFY(computed(byPanels, 1) == computed(byPanels, 3));
    }
}

void TestStrassen::otherConvolutionsAreLeftToOthers()
{
    const ConvolutionAttributes plain;
    const ConvolutionShapes shapes{{8, 256, 28, 28}, {128, 256, 1, 1}, {8, 128, 28, 28}, DType::Float32};
    const auto isChosen = [](const ConvolutionShapes& one, const ConvolutionAttributes& settings) {
        return isStrassenFaster(one, settings, one.weight[1], one.weight[0]);
    };
    if (!isChosen(shapes, plain)) {
        QSKIP("this processor or build has no vectors of 16 floats");
    }
    auto settings = plain;
    settings.groups = 2;
    QVERIFY(!isChosen(shapes, settings));
    settings = plain;
    settings.padding = {0, 1, 0, 1};
    QVERIFY(!isChosen(shapes, settings));
    settings = plain;
    settings.stride = {1, 2};
    QVERIFY(!isChosen(shapes, settings));
    settings = plain;
    settings.activation.kind = ActivationKind::Gelu;
    QVERIFY(!isChosen(shapes, settings));
    auto other = shapes;
    other.input[0] = other.result[0] = 7; // an image without a partner
    QVERIFY(!isChosen(other, plain));
    other = shapes;
    other.weight = {96, 256, 1, 1};
    QVERIFY(!isChosen(other, plain));
    other.weight = {128, 64, 1, 1}; // short sums
    QVERIFY(!isChosen(other, plain));
    const ConvolutionShapes few{{8, 2048, 7, 7}, {512, 2048, 1, 1}, {8, 512, 7, 7}, DType::Float32};
    QVERIFY(!isChosen(few, plain)); // long sums for few pixels
    QVERIFY(isStrassenFaster(few, plain, 512, 2048)); // its input's gradient
    QVERIFY(isStrassenGradFaster(few, plain, 2048, 512));
    other = shapes;
    other.dtype = DType::BFloat16;
    QVERIFY(!isChosen(other, plain));
    other = shapes;
    other.input = {8, 256, 3, 3};
    other.result = {8, 128, 3, 3};
    QVERIFY(!isChosen(other, plain));
}

void TestStrassen::anotherGradientIsAddedOnTheWay_data()
{
    QTest::addColumn<int>("filters");
    QTest::addColumn<int>("height");
    QTest::newRow("tiles that end with the image") << 64 << 14;
    QTest::newRow("tiles across images") << 64 << 9;
    QTest::newRow("by panels") << 512 << 7;
}

void TestStrassen::anotherGradientIsAddedOnTheWay()
{
    QFETCH(int, filters);
    QFETCH(int, height);
    const Shape x{4, filters, height, 7};
    for (const bool isMasked : {false, true}) {
        Graph graph;
        std::vector<ValueId> inputs{
            graph.addInput("dy", {4, filters, height, 7}), graph.addParameter("w", {filters, filters, 1, 1}), graph.addInput("other", x)};
        if (isMasked) {
            inputs.push_back(graph.addInput("relu", x));
        }
        ConvolutionAttributes attributes;
        attributes.resultShape = x;
        graph.apply(OpKind::Conv2dInputGrad, inputs, attributes);
        for (std::size_t i = 0; i < graph.values().size(); ++i) {
            const auto id = static_cast<ValueId>(i);
            if (graph.shape(id) == x) {
                graph.setChannelBlock(id, canonicalBlock(x, 16));
            }
        }
        for (int threads = 1; threads <= 2; ++threads) {
            const std::string difference = differenceBetween(computed(graph, threads), expected(graph), 4e-6);
            QVERIFY2(difference.empty(), difference.c_str());
        }
    }
}

void TestStrassen::sumsOfGradientsGoIntoConvolutions_data()
{
    QTest::addColumn<QString>("possible");
    QTest::addColumn<bool>("hasRelu");
    QTest::newRow("into the first") << "first" << true;
    QTest::newRow("into the second") << "second" << true;
    QTest::newRow("without a relu") << "second" << false;
}

void TestStrassen::sumsOfGradientsGoIntoConvolutions()
{
    QFETCH(QString, possible);
    QFETCH(bool, hasRelu);
    const Shape x{2, 4, 3, 2};
    Graph graph;
    ConvolutionAttributes attributes;
    attributes.resultShape = x;
    const auto gradient = [&](const std::string& name) {
        return graph.apply(
            OpKind::Conv2dInputGrad,
            {graph.addInput("dy " + name, {2, 5, 3, 2}), graph.addParameter("w " + name, {5, 4, 1, 1})},
            attributes,
            name);
    };
    const ValueId first = gradient("first");
    const ValueId relu = graph.addInput("relu", x);
    ValueId sum = graph.apply(OpKind::Add, {first, gradient("second")});
    if (hasRelu) {
        sum = graph.apply(OpKind::ActivateGrad, {sum, relu}, ActivationAttributes{{ActivationKind::Relu}});
    }
    graph.setOutputs({sum});

    const Graph joined = joinGradients(
        fuseElementwise(graph), [&](const Node& node) { return node.name == possible.toStdString(); });
    QCOMPARE(joined.nodes().size(), std::size_t{2});
    QCOMPARE(joined.nodes()[1].kind, OpKind::Conv2dInputGrad);
    QCOMPARE(joined.nodes()[1].name, possible.toStdString());
    QCOMPARE(joined.nodes()[1].inputs.size(), std::size_t(hasRelu ? 4 : 3));
    const auto results = [](const Graph& one) {
        ReferenceInterpreter interpreter(one);
        for (std::size_t i = 0; i < one.values().size(); ++i) {
            if (one.values()[i].role != ValueRole::Result) {
                // By name, since the order may differ.
                Random random(std::hash<std::string>()(one.values()[i].name));
                for (double& number : interpreter.value(static_cast<ValueId>(i))) {
                    number = random.normal();
                }
            }
        }
        interpreter.run();
        return interpreter.value(one.outputs()[0]);
    };
    const auto before = results(graph);
    const auto after = results(joined);
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        QVERIFY(std::abs(after[i] - before[i]) <= 1e-12);
    }
}

void TestStrassen::sumsThatOthersReadStay()
{
    const Shape x{2, 4, 3, 2};
    Graph graph;
    ConvolutionAttributes attributes;
    attributes.resultShape = x;
    const ValueId gradient = graph.apply(
        OpKind::Conv2dInputGrad, {graph.addInput("dy", {2, 5, 3, 2}), graph.addParameter("w", {5, 4, 1, 1})}, attributes);
    const ValueId sum = graph.apply(OpKind::Add, {gradient, graph.addInput("other", x)});
    graph.setOutputs({sum, gradient});
    const Graph joined = joinGradients(graph, [](const Node&) { return true; });
    QCOMPARE(joined.nodes().size(), std::size_t{2});
    QCOMPARE(joined.nodes()[1].kind, OpKind::Add);
}

QTEST_GUILESS_MAIN(TestStrassen)
#include "tst_strassen.moc"
