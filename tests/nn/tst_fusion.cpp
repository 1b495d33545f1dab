#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "engine/base/random.h"
#include "engine/graph/fusion.h"
#include "engine/graph/gradient.h"
#include "engine/graph/reference_interpreter.h"
#include "engine/graph/rewriter.h"
#include "engine/nn/lowering.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr const char* kNetwork = R"({"input":[2,8,8],"layers":[
    {"name":"conv1","type":"conv2d","filters":6,"activation":"relu"},
    {"name":"pool1","type":"maxPool2d"},
    {"name":"conv2","type":"conv2d","filters":6,"bias":false},
    {"name":"norm2","type":"batchNorm","activation":"relu"},
    {"name":"sum","type":"add","inputs":["pool1","norm2"],"activation":"tanh"},
    {"name":"drop","type":"dropout","rate":0.3},
    {"name":"conv3","type":"conv2d","filters":4,"kernel":1,"activation":"gelu"},
    {"name":"hidden","type":"dense","units":9,"activation":"sigmoid"},
    {"name":"logits","type":"dense","units":3}]})";

Graph trainingGraph()
{
    const auto model = ModelDescription::fromJson(Json::parse(kNetwork)).value();
    LoweredNetwork network = lowerNetwork(model, 3, NetworkMode::Training).value();
    const LoweredLoss loss = appendLoss(network, TrainingSetup{}).value();
    std::vector<ValueId> wanted;
    for (const NetworkVariable& variable : network.parameters) {
        wanted.push_back(variable.value);
    }
    std::vector<ValueId> outputs = appendGradients(network.graph, loss.loss, kNone, wanted);
    outputs.insert(outputs.begin(), {loss.loss, loss.metrics});
    network.graph.setOutputs(outputs);
    return removeUnused(network.graph);
}

std::vector<std::vector<double>> runAll(const Graph& graph)
{
    ReferenceInterpreter interpreter(graph);
    interpreter.setDropoutKeys(3, 4);
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const Value& value = graph.values()[i];
        if (value.role == ValueRole::Result) {
            continue;
        }
        Random random(i + 1);
        for (double& x : interpreter.value(static_cast<ValueId>(i))) {
            x = value.name == "targets" ? static_cast<double>(random.below(3))
                : value.name == "classWeights" ? 1.0
                                               : random.normal() * 0.5;
        }
    }
    interpreter.run();
    std::vector<std::vector<double>> results;
    for (const ValueId output : graph.outputs()) {
        results.push_back(interpreter.value(output));
    }
    return results;
}

/// But for the order of sums, which a fused node may have of its own.
bool areSame(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& left, const auto& right) {
        return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](double x, double y) {
            return std::abs(x - y) < 1e-12;
        });
    });
}

std::ptrdiff_t countKind(const Graph& graph, OpKind kind)
{
    return std::count_if(
        graph.nodes().begin(), graph.nodes().end(), [kind](const Node& node) { return node.kind == kind; });
}

} // namespace

class TestFusion : public QObject {
    Q_OBJECT

private slots:
    void fusedGraphsComputeTheSame();
    void biasesAndActivationsGoIntoProducts();
    void aSmallLayersBiasGradientIsMadeWithItsWeights();
    void activationGradientsMoveBelowPooling();
    void geluStaysBecauseItsGradientNeedsTheArgument();
    void residualsAreAddedAsTheyAreNormalised();
    void theLossAndItsGradientReadTheLogitsOnce();
    void theSumsOfALargeGradientAreMadeWithIt();
    void aGradientThatIsScaledStaysApart();
};

void TestFusion::fusedGraphsComputeTheSame()
{
    const Graph graph = trainingGraph();
    const Graph fused = fuseGraph(graph);
    QVERIFY(fused.nodes().size() < graph.nodes().size());
    QVERIFY(areSame(runAll(fused), runAll(graph)));
}

void TestFusion::biasesAndActivationsGoIntoProducts()
{
    const Graph fused = fuseGraph(trainingGraph());
    QCOMPARE(countKind(fused, OpKind::AddBias), std::ptrdiff_t{0});
    for (const Node& node : fused.nodes()) {
        if (node.kind == OpKind::Conv2d && node.name == "conv1") {
            QVERIFY(node.as<ConvolutionAttributes>().activation.kind == ActivationKind::Relu);
            QCOMPARE(node.inputs.size(), std::size_t{3});
        }
        if (node.kind == OpKind::BatchNormGrad) {
            QCOMPARE(node.inputs.size(), std::size_t{6});
            QVERIFY(node.as<NormAttributes>().isMaskedByShift); // no picture is read for the relu alone
        }
        if (node.kind == OpKind::Conv2dWeightGrad) {
            QCOMPARE(node.as<ConvolutionAttributes>().hasBiasGrad, node.name != "conv2");
        }
    }
}

void TestFusion::aSmallLayersBiasGradientIsMadeWithItsWeights()
{
    // A batch, a layer's inputs and its units; whether sums beside the product are worth it.
    for (const auto& [batch, inputs, units, isMade] :
         {std::tuple{10, 4, 3, true}, {16, 48, 16, true}, {64, 4, 9, false}, {32, 100, 16, false}}) {
        Graph graph;
        const ValueId x = graph.addInput("x", {batch, inputs});
        const ValueId weight = graph.addParameter("w", {units, inputs});
        const ValueId bias = graph.addParameter("b", {units});
        const ValueId product = graph.apply(OpKind::MatMul, {x, weight}, MatMulAttributes{false, true, {}});
        const ValueId y = graph.apply(OpKind::AddBias, {product, bias});
        const ValueId loss = graph.apply(OpKind::RegressionLoss, {y, graph.addInput("targets", {batch, units})}, LossAttributes{});
        std::vector<ValueId> results{loss};
        for (const ValueId gradient : appendGradients(graph, loss, kNone, std::array{weight, bias})) {
            results.push_back(gradient);
        }
        graph.setOutputs(results);
        const Graph whole = removeUnused(graph);
        const Graph fused = fuseGraph(whole);
        QCOMPARE(countKind(fused, OpKind::SumChannels), std::ptrdiff_t{isMade ? 0 : 1});
        QVERIFY(areSame(runAll(fused), runAll(whole)));
    }
}

void TestFusion::activationGradientsMoveBelowPooling()
{
    const Graph fused = fuseGraph(trainingGraph());
    for (const Node& node : fused.nodes()) {
        if (node.kind == OpKind::Conv2dWeightGrad && node.name == "conv1") {
            QVERIFY(fused.node(fused.value(node.inputs[0]).producer).kind == OpKind::MaxPoolGrad);
        }
    }
    QVERIFY(countKind(fused, OpKind::Elementwise) >= 1);
}

void TestFusion::geluStaysBecauseItsGradientNeedsTheArgument()
{
    const Graph fused = fuseGraph(trainingGraph());
    for (const Node& node : fused.nodes()) {
        if (node.kind == OpKind::Conv2d && node.name == "conv3") {
            QVERIFY(node.as<ConvolutionAttributes>().activation.kind == ActivationKind::None);
        }
    }
}

void TestFusion::residualsAreAddedAsTheyAreNormalised()
{
    const auto model = ModelDescription::fromJson(Json::parse(R"({"input":[2,8,8],"layers":[
        {"name":"conv1","type":"conv2d","filters":4,"activation":"relu"},
        {"name":"conv2","type":"conv2d","filters":4,"bias":false},
        {"name":"norm2","type":"batchNorm"},
        {"name":"sum","type":"add","inputs":["conv1","norm2"],"activation":"relu"},
        {"name":"logits","type":"dense","units":3}]})")).value();
    for (const NetworkMode mode : {NetworkMode::Training, NetworkMode::Inference}) {
        const LoweredNetwork network = lowerNetwork(model, 3, mode).value();
        Graph graph = network.graph;
        graph.setOutputs({network.output});
        const Graph plain = removeUnused(graph);
        const Graph fused = fuseGraph(plain);
        const OpKind norm = mode == NetworkMode::Training ? OpKind::BatchNorm : OpKind::BatchNormInference;
        QCOMPARE(countKind(fused, OpKind::Add) + countKind(fused, OpKind::Elementwise), std::ptrdiff_t{0});
        QCOMPARE(countKind(fused, norm), std::ptrdiff_t{1});
        for (const Node& node : fused.nodes()) {
            if (node.kind == norm) {
                QCOMPARE(node.inputs.size(), std::size_t{6});
                QVERIFY(node.as<NormAttributes>().activation.kind == ActivationKind::Relu);
            }
        }
    }
}

void TestFusion::theLossAndItsGradientReadTheLogitsOnce()
{
    const Graph fused = fuseGraph(trainingGraph());
    QCOMPARE(countKind(fused, OpKind::SoftmaxCrossEntropyStep), std::ptrdiff_t{1});
    for (const OpKind kind :
         {OpKind::SoftmaxCrossEntropy, OpKind::SoftmaxCrossEntropyGrad, OpKind::CountCorrect, OpKind::Fill}) {
        QCOMPARE(countKind(fused, kind), std::ptrdiff_t{0});
    }
}

void TestFusion::theSumsOfALargeGradientAreMadeWithIt()
{
    const auto stepOf = [](std::int64_t rows, std::int64_t classes) {
        Graph graph;
        const ValueId logits = graph.addParameter("logits", {rows / 2, 2, classes});
        const ValueId flat = graph.apply(OpKind::Reshape, {logits}, ShapeAttributes{{rows, classes}});
        const ValueId labels = graph.addInput("targets", {rows});
        const ValueId weights = graph.addInput("classWeights", {classes});
        const ValueId loss = graph.apply(OpKind::SoftmaxCrossEntropy, {flat, labels, weights}, LossAttributes{});
        const ValueId count = graph.apply(OpKind::CountCorrect, {flat, labels});
        const ValueId one = graph.apply(OpKind::Fill, {}, FillAttributes{{1}, 1.0});
        const ValueId gradient =
            graph.apply(OpKind::SoftmaxCrossEntropyGrad, {one, flat, labels, weights}, LossAttributes{});
        const ValueId there = graph.apply(OpKind::Reshape, {gradient}, ShapeAttributes{{rows / 2, 2, classes}});
        const ValueId back = graph.apply(OpKind::Reshape, {there}, ShapeAttributes{{rows, classes}});
        graph.setOutputs({loss, count, gradient, graph.apply(OpKind::SumChannels, {back})});
        return fuseGraph(graph);
    };
    const Graph large = stepOf(2048, 512);
    QCOMPARE(countKind(large, OpKind::SumChannels), std::ptrdiff_t{0});
    const Node& step = large.node(large.value(large.outputs()[0]).producer);
    QCOMPARE(step.kind, OpKind::SoftmaxCrossEntropyStep);
    QCOMPARE(step.outputs.size(), std::size_t{4});
    QCOMPARE(large.outputs()[3], step.outputs[3]);
    QCOMPARE(large.shape(step.outputs[3]), Shape{512});
    QCOMPARE(countKind(stepOf(2048, 128), OpKind::SumChannels), std::ptrdiff_t{1});
    QCOMPARE(countKind(stepOf(512, 512), OpKind::SumChannels), std::ptrdiff_t{1});
}

void TestFusion::aGradientThatIsScaledStaysApart()
{
    Graph graph;
    const ValueId logits = graph.addParameter("logits", {4, 3});
    const ValueId labels = graph.addInput("targets", {4});
    const ValueId weights = graph.addInput("classWeights", {3});
    const ValueId loss = graph.apply(OpKind::SoftmaxCrossEntropy, {logits, labels, weights}, LossAttributes{});
    const ValueId count = graph.apply(OpKind::CountCorrect, {logits, labels});
    const ValueId twice = graph.apply(OpKind::Fill, {}, FillAttributes{{1}, 2.0});
    const ValueId gradient = graph.apply(
        OpKind::SoftmaxCrossEntropyGrad, {twice, logits, labels, weights}, LossAttributes{});
    graph.setOutputs({loss, count, gradient});
    QCOMPARE(countKind(fuseGraph(graph), OpKind::SoftmaxCrossEntropyStep), std::ptrdiff_t{0});
}

QTEST_GUILESS_MAIN(TestFusion)
#include "tst_fusion.moc"
