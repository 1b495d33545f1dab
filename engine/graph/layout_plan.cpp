#include "engine/graph/layout_plan.h"

#include <map>
#include <utility>

#include "engine/graph/op_rule.h"
#include "engine/graph/pool_places.h"
#include "engine/graph/rewriter.h"

namespace ty::engine {

namespace {

bool isPicture(const Value& value)
{
    return value.shape.size() == 4;
}

class LayoutPlanner {
public:
    LayoutPlanner(const Graph& graph, const LayoutChooser& choose) : m_rewriter(graph), m_choose(choose) {}

    Graph run()
    {
        for (const Node& node : m_rewriter.source().nodes()) {
            place(node);
        }
        // The outside reads plain values.
        for (const ValueId output : m_rewriter.source().outputs()) {
            m_rewriter.setMapped(output, inLayout(output, 1));
        }
        return m_rewriter.finish();
    }

private:
    const Value& made(ValueId old) { return m_rewriter.result().value(m_rewriter.mapped(old)); }

    /// The new value of `old` with this block; a Reorder is appended once if it has another.
    ValueId inLayout(ValueId old, std::int64_t block)
    {
        const ValueId value = m_rewriter.mapped(old);
        Graph& graph = m_rewriter.result();
        if (!isPicture(graph.value(value))) {
            return value;
        }
        block = canonicalBlock(graph.shape(value), block);
        if (graph.value(value).channelBlock == block) {
            return value;
        }
        const auto [found, isNew] = m_reordered.try_emplace({value, block}, kNone);
        if (isNew) {
            found->second = graph.apply(OpKind::Reorder, {value}, {}, "layout");
            graph.setChannelBlock(found->second, block);
            graph.setDType(found->second, graph.value(value).dtype);
        }
        return found->second;
    }

    void place(const Node& node)
    {
        switch (node.kind) {
        case OpKind::Conv2d:
        case OpKind::Conv2dInputGrad:
        case OpKind::Conv2dWeightGrad: placeConvolution(node); return;
        default: break;
        }
        std::int64_t block = 1;
        bool isReadAsItIs = false;
        switch (ruleOf(node.kind).layout) {
        case LayoutRule::Follow: block = sameMaskBlock(node, leadingBlock(node)); break;
        case LayoutRule::Any:
            isReadAsItIs = true;
            if (node.kind == OpKind::GlobalAveragePool) {
                m_averaged[made(node.inputs[0]).shape] = made(node.inputs[0]).channelBlock;
            } else if (node.kind == OpKind::GlobalAveragePoolGrad) {
                // Written at once in the layout that its forward pass has read.
                block = m_averaged[node.as<ShapeAttributes>().resultShape];
            }
            break;
        default: break;
        }
        std::vector<ValueId> inputs;
        for (const ValueId input : node.inputs) {
            inputs.push_back(isReadAsItIs ? m_rewriter.mapped(input) : inLayout(input, block));
        }
        const NodeId id = m_rewriter.copyNode(node, std::move(inputs));
        setBlocks(id, block);
    }

    /// Of the picture that leads: the places of a pool's maxima, which cannot be reordered, else the first that is
    /// not plain, for plain ones come from small tails.
    std::int64_t leadingBlock(const Node& node)
    {
        std::int64_t block = 1;
        for (const ValueId input : node.inputs) {
            const Value& value = made(input);
            if (!isPicture(value)) {
                continue;
            }
            if (isPlace(value.dtype)) {
                return value.channelBlock;
            }
            if (block == 1) {
                block = value.channelBlock;
            }
        }
        return block;
    }

    /// A dropout mask counts elements as they lie in memory: the gradient takes the layout of the forward pass.
    std::int64_t sameMaskBlock(const Node& node, std::int64_t block)
    {
        if (node.kind == OpKind::Dropout) {
            return m_dropped.try_emplace(node.as<DropoutAttributes>().stream, block).first->second;
        }
        if (node.kind == OpKind::Elementwise) {
            for (const ElementwiseStep& step : node.as<ElementwiseAttributes>().steps) {
                if (step.op == OpKind::Dropout) {
                    block = m_dropped.try_emplace(step.dropout.stream, block).first->second;
                }
            }
        }
        return block;
    }

    void placeConvolution(const Node& node)
    {
        const auto& settings = node.as<ConvolutionAttributes>();
        const ConvolutionLayout layout = m_choose(convolutionShapes(m_rewriter.source(), node), settings);
        std::vector<ValueId> inputs;
        std::int64_t resultBlock = 1;
        switch (node.kind) {
        case OpKind::Conv2d:
            inputs = {inLayout(node.inputs[0], layout.inputBlock), m_rewriter.mapped(node.inputs[1])};
            if (node.inputs.size() > 2) {
                inputs.push_back(m_rewriter.mapped(node.inputs[2]));
            }
            resultBlock = layout.resultBlock;
            break;
        case OpKind::Conv2dInputGrad:
            inputs = {inLayout(node.inputs[0], layout.resultBlock), m_rewriter.mapped(node.inputs[1])};
            resultBlock = layout.inputBlock;
            break;
        default: // Conv2dWeightGrad: a weight is no picture
            inputs = {inLayout(node.inputs[0], layout.resultBlock), inLayout(node.inputs[1], layout.inputBlock)};
            m_rewriter.copyNode(node, std::move(inputs));
            return;
        }
        const NodeId id = m_rewriter.copyNode(node, std::move(inputs));
        setBlocks(id, resultBlock);
    }

    void setBlocks(NodeId id, std::int64_t block)
    {
        Graph& graph = m_rewriter.result();
        for (const ValueId output : graph.node(id).outputs) {
            if (isPicture(graph.value(output))) {
                graph.setChannelBlock(output, canonicalBlock(graph.shape(output), block));
            }
        }
    }

    GraphRewriter m_rewriter;
    const LayoutChooser& m_choose;
    std::map<std::pair<ValueId, std::int64_t>, ValueId> m_reordered;
    std::map<std::uint32_t, std::int64_t> m_dropped; ///< layout of each dropout stream
    std::map<Shape, std::int64_t> m_averaged; ///< layout that GlobalAveragePool has read, by shape
};

} // namespace

ConvolutionShapes convolutionShapes(const Graph& graph, const Node& node)
{
    const Shape& first = graph.shape(node.inputs[0]);
    const Shape& second = graph.shape(node.inputs[1]);
    const Shape& result = graph.shape(node.outputs[0]);
    const DType dtype = graph.value(node.inputs[0]).dtype;
    switch (node.kind) {
    case OpKind::Conv2dInputGrad: return {result, second, first, dtype};
    case OpKind::Conv2dWeightGrad: return {second, result, first, dtype};
    default: return {first, second, result, dtype};
    }
}

std::int64_t canonicalBlock(const Shape& shape, std::int64_t block)
{
    return shape.size() != 4 || shape[1] == 1 || shape[2] * shape[3] == 1 ? 1 : block;
}

Graph planLayouts(const Graph& graph, const LayoutChooser& choose)
{
    return LayoutPlanner(graph, choose).run();
}

} // namespace ty::engine
