#include <QTest>

#include <algorithm>

#include "engine/graph/gradient.h"
#include "engine/graph/precision_plan.h"
#include "engine/graph/rewriter.h"

using namespace ty;
using namespace ty::engine;

namespace {

bool everyProduct(const Graph& /*graph*/, const Node& node)
{
    return node.kind == OpKind::MatMul || node.kind == OpKind::Conv2d || node.kind == OpKind::Conv2dInputGrad
        || node.kind == OpKind::Conv2dWeightGrad;
}

std::ptrdiff_t castsTo(const Graph& graph, DType dtype)
{
    return std::count_if(graph.nodes().begin(), graph.nodes().end(), [&graph, dtype](const Node& node) {
        return node.kind == OpKind::Cast && graph.value(node.outputs[0]).dtype == dtype;
    });
}

ConvolutionAttributes same()
{
    ConvolutionAttributes settings;
    settings.padding = {1, 1, 1, 1};
    return settings;
}

ValueId relu(Graph& graph, ValueId x)
{
    return graph.apply(OpKind::Activate, {x}, ActivationAttributes{*activationFromName("relu")});
}

/// conv - relu - pool - conv, with or without an op between that knows float32 alone.
Graph convolutions(bool hasUpsample)
{
    Graph graph;
    ValueId y = graph.apply(
        OpKind::Conv2d, {graph.addInput("x", {2, 4, 8, 8}), graph.addParameter("w1", {16, 4, 3, 3})}, same());
    y = relu(graph, y);
    y = hasUpsample ? graph.apply(OpKind::Upsample, {y}, UpsampleAttributes{})
                    : graph.apply(OpKind::MaxPool, {y}, PoolAttributes{});
    y = graph.apply(OpKind::Conv2d, {y, graph.addParameter("w2", {8, 16, 3, 3})}, same());
    graph.setOutputs({y});
    return graph;
}

} // namespace

class TestPrecisionPlan : public QObject {
    Q_OBJECT

private slots:
    void bfloat16LivesFromTheFirstProductToTheLast();
    void opsWithoutBFloat16AreCastAround();
    void nothingIsCastTwiceOrBack();
    void attentionScoresAreFloat32AndItsWeightsAreNot();
    void picturesBesideEachOtherStayInBFloat16();
    void whatTheOutsideReadsIsFloat32();
    void withoutProductsNothingChanges();
};

void TestPrecisionPlan::bfloat16LivesFromTheFirstProductToTheLast()
{
    const Graph planned = planPrecision(convolutions(false), everyProduct);
    QCOMPARE(castsTo(planned, DType::BFloat16), std::ptrdiff_t{1}); // the input
    QCOMPARE(castsTo(planned, DType::Float32), std::ptrdiff_t{0});
    for (const Node& node : planned.nodes()) {
        if (node.kind == OpKind::Activate || node.kind == OpKind::MaxPool) {
            QVERIFY(planned.value(node.outputs[0]).dtype == DType::BFloat16);
        }
        if (node.kind == OpKind::MaxPool) {
            QVERIFY(planned.value(node.outputs[1]).dtype == DType::UInt8);
        }
    }
}

void TestPrecisionPlan::opsWithoutBFloat16AreCastAround()
{
    const Graph planned = planPrecision(convolutions(true), everyProduct);
    // The product before it writes float32 at once; only what the next one reads is cast.
    QCOMPARE(castsTo(planned, DType::BFloat16), std::ptrdiff_t{2});
    QCOMPARE(castsTo(planned, DType::Float32), std::ptrdiff_t{0});
}

void TestPrecisionPlan::nothingIsCastTwiceOrBack()
{
    // A dense network with its gradients: weights and activations are read by two products each.
    Graph graph;
    const ValueId x = graph.addInput("x", {32, 16});
    const ValueId w1 = graph.addParameter("w1", {24, 16});
    const ValueId w2 = graph.addParameter("w2", {8, 24});
    ValueId y = relu(graph, graph.apply(OpKind::MatMul, {x, w1}, MatMulAttributes{false, true, {}}));
    y = graph.apply(OpKind::MatMul, {y, w2}, MatMulAttributes{false, true, {}});
    const ValueId labels = graph.addInput("labels", {32});
    const ValueId weights = graph.addInput("weights", {8});
    const ValueId loss = graph.apply(OpKind::SoftmaxCrossEntropy, {y, labels, weights}, LossAttributes{});
    const std::vector<ValueId> wanted{w1, w2};
    std::vector<ValueId> outputs = appendGradients(graph, loss, kNone, wanted);
    outputs.push_back(loss);
    graph.setOutputs(outputs);

    const Graph planned = planPrecision(graph, everyProduct);
    QCOMPARE(castsTo(planned, DType::BFloat16), std::ptrdiff_t{3}); // x and the two weights
    QCOMPARE(castsTo(planned, DType::Float32), std::ptrdiff_t{0});
    for (const Node& node : planned.nodes()) {
        if (node.kind == OpKind::SoftmaxCrossEntropy) {
            QVERIFY(planned.value(node.inputs[0]).dtype == DType::Float32);
        }
        if (node.kind == OpKind::SoftmaxCrossEntropyGrad) {
            QVERIFY(planned.value(node.outputs[0]).dtype == DType::BFloat16);
        }
    }
}

void TestPrecisionPlan::attentionScoresAreFloat32AndItsWeightsAreNot()
{
    Graph graph;
    const ValueId query = graph.addInput("query", {2, 8, 16});
    const ValueId value = graph.addParameter("value", {2, 8, 16});
    ValueId y = graph.apply(OpKind::MatMul, {query, value}, MatMulAttributes{false, true, {}});
    y = graph.apply(OpKind::Softmax, {y}, SoftmaxAttributes{});
    y = graph.apply(OpKind::MatMul, {y, value}, MatMulAttributes{});
    const ValueId seed = graph.addInput("seed", graph.shape(y));
    const std::vector<ValueId> wanted{value};
    graph.setOutputs(appendGradients(graph, y, seed, wanted));
    const Graph planned = planPrecision(graph, everyProduct);
    for (const Node& node : planned.nodes()) {
        if (node.kind == OpKind::Softmax) {
            QVERIFY(planned.value(node.inputs[0]).dtype == DType::Float32);
            QVERIFY(planned.value(node.outputs[0]).dtype == DType::BFloat16);
        } else if (node.kind == OpKind::SoftmaxGrad) {
            QVERIFY(planned.value(node.outputs[0]).dtype == DType::BFloat16);
        }
    }
    QCOMPARE(castsTo(planned, DType::BFloat16), std::ptrdiff_t{3}); // query, value and seed
}

void TestPrecisionPlan::picturesBesideEachOtherStayInBFloat16()
{
    Graph graph;
    const ValueId x = graph.addInput("x", {2, 4, 8, 8});
    const ValueId a = graph.apply(OpKind::Conv2d, {x, graph.addParameter("w1", {16, 4, 3, 3})}, same());
    const ValueId b = graph.apply(OpKind::Conv2d, {x, graph.addParameter("w2", {16, 4, 3, 3})}, same());
    ValueId y = graph.apply(OpKind::Concat, {a, b}, AxisAttributes{1});
    y = graph.apply(OpKind::AveragePool, {y}, PoolAttributes{});
    y = graph.apply(OpKind::Conv2d, {y, graph.addParameter("w3", {16, 32, 3, 3})}, same());
    graph.setOutputs({graph.apply(OpKind::GlobalAveragePool, {y})});
    const Graph planned = planPrecision(graph, everyProduct);
    QCOMPARE(castsTo(planned, DType::BFloat16), std::ptrdiff_t{1}); // the input
    QCOMPARE(castsTo(planned, DType::Float32), std::ptrdiff_t{0});
}

void TestPrecisionPlan::whatTheOutsideReadsIsFloat32()
{
    Graph graph = convolutions(false);
    std::vector<ValueId> outputs;
    for (const Node& node : graph.nodes()) {
        outputs.push_back(node.outputs[0]);
    }
    graph.setOutputs(outputs);
    const Graph planned = planPrecision(graph, everyProduct);
    for (const ValueId output : planned.outputs()) {
        QVERIFY(planned.value(output).dtype == DType::Float32);
    }
}

void TestPrecisionPlan::withoutProductsNothingChanges()
{
    const Graph graph = convolutions(false);
    const Graph planned = planPrecision(graph, [](const Graph&, const Node&) { return false; });
    QCOMPARE(planned.toText(), removeUnused(graph).toText()); // which copies and leaves nothing out
}

QTEST_GUILESS_MAIN(TestPrecisionPlan)
#include "tst_precision_plan.moc"
