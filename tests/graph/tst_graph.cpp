#include <QTest>

#include <algorithm>

#include "engine/graph/gradient.h"
#include "engine/graph/graph.h"
#include "engine/graph/layout_plan.h"
#include "engine/graph/memory_plan.h"
#include "engine/graph/op_rule.h"
#include "engine/graph/rewriter.h"

using namespace ty;
using namespace ty::engine;

class TestGraph : public QObject {
    Q_OBJECT

private slots:
    void shapeErrorsNameBothShapes_data();
    void shapeErrorsNameBothShapes();
    void everyOpHasARule();
    void unusedNodesAreRemoved();
    void layoutsChangeOnlyWhereTwoMeet();
    void dropoutGradientsTakeTheLayoutOfTheirMask();
    void memoryIsSharedButNeverWhileAlive();
};

namespace {

struct BadNode {
    const char* name;
    OpKind kind;
    std::vector<Shape> shapes;
    Attributes attributes;
    std::vector<const char*> words;
};

std::vector<BadNode> badNodes()
{
    return {
        {"matmul", OpKind::MatMul, {{8, 3}, {4, 5}}, MatMulAttributes{}, {"3 and 4", "(8, 3)", "(4, 5)"}},
        {"conv2d channels", OpKind::Conv2d, {{1, 3, 8, 8}, {4, 2, 3, 3}}, ConvolutionAttributes{}, {"(4, 2, 3, 3)", "(1, 3, 8, 8)"}},
        {"conv2d of a row", OpKind::Conv2d, {{1, 3}, {4, 3, 3, 3}}, ConvolutionAttributes{}, {"(1, 3)"}},
        {"pool too large", OpKind::MaxPool, {{1, 1, 2, 2}}, PoolAttributes{{3, 3}, {1, 1}, {}, {}}, {"window of 3", "2"}},
        {"pool beyond counting", OpKind::MaxPool, {{1, 1, 70000, 70000}}, PoolAttributes{{70000, 70000}, {1, 1}, {}, {}}, {"70000 x 70000", "32 bits"}},
        {"add", OpKind::Add, {{2, 3}, {3, 2}}, {}, {"(2, 3)", "(3, 2)"}},
        {"concat", OpKind::Concat, {{2, 3, 4, 4}, {2, 3, 5, 4}}, AxisAttributes{1}, {"(2, 3, 4, 4)", "(2, 3, 5, 4)"}},
        {"reshape", OpKind::Reshape, {{2, 3}}, ShapeAttributes{{2, 4}}, {"(2, 3)", "(2, 4)"}},
        {"matmul of more axes", OpKind::MatMul, {{2, 3, 4}, {3, 4, 5}}, MatMulAttributes{}, {"leading", "(2, 3, 4)", "(3, 4, 5)"}},
        {"slice", OpKind::Slice, {{2, 3}}, SliceAttributes{1, 2, 2}, {"2 to 4", "(2, 3)"}},
        {"slice of the batch", OpKind::Slice, {{2, 3}}, SliceAttributes{0, 0, 1}, {"axis 0", "(2, 3)"}},
        {"pad", OpKind::Pad, {{2, 3}}, SliceAttributes{1, 2, 4}, {"(2, 3)", "place 2", "4"}},
        {"transpose", OpKind::Permute, {{2, 3, 4}}, PermuteAttributes{{0, 1, 1}}, {"(0, 1, 1)", "(2, 3, 4)"}},
        {"sum", OpKind::SumAxis, {{2, 3}}, AxisAttributes{2}, {"(2, 3)", "axis 2"}},
        {"upsample", OpKind::Upsample, {{2, 3}}, UpsampleAttributes{}, {"(2, 3)"}},
        {"group norm", OpKind::GroupNorm, {{2, 6, 4}, {6}, {6}}, NormAttributes{0.1, 1e-5, 4, {}}, {"4 groups", "(2, 6, 4)"}},
        {"layer norm", OpKind::LayerNorm, {{2, 6, 4}, {6}, {6}}, NormAttributes{}, {"(6)", "(2, 6, 4)"}},
        {"transposed convolution", OpKind::Conv2dInputGrad, {{1, 4, 3, 3}, {4, 2, 3, 3}}, ConvolutionAttributes{{1, 1}, {1, 1}, {}, 1, {}, {1, 2, 6, 6}, false}, {"(1, 4, 3, 3)", "(1, 2, 6, 6)"}},
        {"embedding", OpKind::Embedding, {{2, 3}, {4}}, {}, {"(4)"}},
        {"recurrent", OpKind::Recurrent, {{2, 3, 4}, {8, 4}, {8, 2}, {8}, {2, 3}, {2, 2}}, RecurrentAttributes{}, {"(8, 4)", "(2, 3)", "(2, 3, 4)"}},
        {"bias", OpKind::AddBias, {{2, 3}, {4}}, {}, {"(4)", "(2, 3)"}},
    };
}

} // namespace

void TestGraph::shapeErrorsNameBothShapes_data()
{
    QTest::addColumn<int>("number");
    const auto rows = badNodes();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QTest::newRow(rows[i].name) << static_cast<int>(i);
    }
}

void TestGraph::shapeErrorsNameBothShapes()
{
    QFETCH(int, number);
    const BadNode row = badNodes()[static_cast<std::size_t>(number)];
    Graph graph;
    std::vector<ValueId> inputs;
    for (const Shape& shape : row.shapes) {
        inputs.push_back(graph.addInput("x", shape));
    }
    const auto result = graph.append(row.kind, inputs, row.attributes);
    QVERIFY(!result);
    for (const char* word : row.words) {
        QVERIFY2(result.error().message.find(word) != std::string::npos, result.error().message.c_str());
    }
    QVERIFY(graph.nodes().empty());
}

void TestGraph::everyOpHasARule()
{
    for (int i = 0; i <= static_cast<int>(OpKind::Fill); ++i) {
        const OpRule& rule = ruleOf(static_cast<OpKind>(i));
        QVERIFY(std::string(rule.name) != "");
        QVERIFY(rule.infer != nullptr);
    }
}

void TestGraph::unusedNodesAreRemoved()
{
    Graph graph;
    const ValueId x = graph.addInput("x", {2, 2});
    const ValueId used = graph.apply(OpKind::Add, {x, x});
    graph.apply(OpKind::Multiply, {x, x});
    graph.setOutputs({used});
    const Graph kept = removeUnused(graph);
    QCOMPARE(kept.nodes().size(), std::size_t{1});
    QCOMPARE(kept.outputs().size(), std::size_t{1});
}

namespace {

ConvolutionLayout blocksOf16(const ConvolutionShapes& shapes, const ConvolutionAttributes& /*attributes*/)
{
    return {shapes.input[1] % 16 == 0 ? 16 : 1, 16};
}

std::ptrdiff_t countKind(const Graph& graph, OpKind kind)
{
    return std::count_if(
        graph.nodes().begin(), graph.nodes().end(), [kind](const Node& node) { return node.kind == kind; });
}

/// conv - relu - dropout - pool - conv - relu - flatten, with all gradients.
Graph convolutions()
{
    Graph graph;
    ConvolutionAttributes same;
    same.padding = {1, 1, 1, 1};
    const ActivationAttributes relu{*activationFromName("relu")};
    const ValueId x = graph.addInput("x", {2, 3, 8, 8});
    const ValueId w1 = graph.addParameter("w1", {16, 3, 3, 3});
    const ValueId w2 = graph.addParameter("w2", {32, 16, 3, 3});
    ValueId value = graph.apply(OpKind::Conv2d, {x, w1}, same);
    value = graph.apply(OpKind::Activate, {value}, relu);
    value = graph.apply(OpKind::MaxPool, {value}, PoolAttributes{});
    value = graph.apply(OpKind::Conv2d, {value, w2}, same);
    value = graph.apply(OpKind::Activate, {value}, relu);
    value = graph.apply(OpKind::Dropout, {value}, DropoutAttributes{0.5, 0});
    value = graph.apply(OpKind::Reshape, {value}, ShapeAttributes{{2, 512}});
    const std::vector<ValueId> wanted{w1, w2};
    std::vector<ValueId> outputs = appendGradients(graph, value, kNone, wanted);
    outputs.push_back(value);
    graph.setOutputs(outputs);
    return graph;
}

} // namespace

void TestGraph::layoutsChangeOnlyWhereTwoMeet()
{
    const Graph planned = planLayouts(convolutions(), blocksOf16);
    // Once out of the blocks before the flat part, once back into them behind it.
    QCOMPARE(countKind(planned, OpKind::Reorder), std::ptrdiff_t{2});
    for (const Node& node : planned.nodes()) {
        if (node.kind == OpKind::MaxPool || node.kind == OpKind::MaxPoolGrad || node.kind == OpKind::ActivateGrad) {
            QCOMPARE(planned.value(node.outputs[0]).channelBlock, std::int64_t{16});
        }
    }
}

void TestGraph::dropoutGradientsTakeTheLayoutOfTheirMask()
{
    const Graph planned = planLayouts(convolutions(), blocksOf16);
    QCOMPARE(countKind(planned, OpKind::Dropout), std::ptrdiff_t{2});
    for (const Node& node : planned.nodes()) {
        if (node.kind == OpKind::Dropout) {
            QCOMPARE(planned.value(node.inputs[0]).channelBlock, std::int64_t{16});
            QCOMPARE(planned.value(node.outputs[0]).channelBlock, std::int64_t{16});
        }
    }
}

void TestGraph::memoryIsSharedButNeverWhileAlive()
{
    const Graph graph = planLayouts(convolutions(), blocksOf16);
    const MemoryPlan plan = planMemory(graph, std::vector<bool>(graph.values().size(), false));
    QVERIFY(plan.arenaBytes < plan.separateBytes);

    const auto nodes = static_cast<int>(graph.nodes().size());
    std::vector<int> first(graph.values().size(), -1);
    std::vector<int> last(graph.values().size(), -1);
    for (int i = 0; i < nodes; ++i) {
        for (const ValueId output : graph.node(i).outputs) {
            first[static_cast<std::size_t>(output)] = i;
            last[static_cast<std::size_t>(output)] = i;
        }
        for (const ValueId input : graph.node(i).inputs) {
            last[static_cast<std::size_t>(input)] = i;
        }
    }
    for (const ValueId output : graph.outputs()) {
        last[static_cast<std::size_t>(output)] = nodes;
    }
    for (std::size_t a = 0; a < first.size(); ++a) {
        for (std::size_t b = a + 1; b < first.size(); ++b) {
            const bool isPlaced = first[a] >= 0 && first[b] >= 0;
            const bool isView = plan.viewOf[a] == static_cast<ValueId>(b) || plan.viewOf[b] == static_cast<ValueId>(a);
            // A node may write its result over the operand that dies there, so touching lifetimes may share.
            const bool isTogether = first[a] < last[b] && first[b] < last[a];
            if (!isPlaced || isView || !isTogether) {
                continue;
            }
            const auto bytes = [&graph](std::size_t i) {
                const Value& value = graph.values()[i];
                return value.size() * static_cast<std::int64_t>(dtypeBytes(value.dtype));
            };
            const bool isApart = plan.offsets[a] + bytes(a) <= plan.offsets[b] || plan.offsets[b] + bytes(b) <= plan.offsets[a];
            QVERIFY2(isApart, graph.toText().c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TestGraph)
#include "tst_graph.moc"
