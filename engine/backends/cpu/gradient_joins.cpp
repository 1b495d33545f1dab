#include "engine/backends/cpu/gradient_joins.h"

#include <map>
#include <optional>
#include <vector>

#include "engine/graph/rewriter.h"

namespace ty::engine {

namespace {

/// A sum of two values, masked by the result of a relu or not.
struct Join {
    ValueId values[2] = {kNone, kNone};
    ValueId mask = kNone;
};

std::optional<Join> joinOf(const Graph& graph, const Node& node)
{
    Join join;
    if (node.kind == OpKind::Add) {
        join.values[0] = node.inputs[0];
        join.values[1] = node.inputs[1];
    } else if (node.kind == OpKind::Elementwise) {
        const auto& steps = node.as<ElementwiseAttributes>().steps;
        const int operands = static_cast<int>(node.inputs.size());
        const auto isRelu = [&](const ElementwiseStep& step) {
            return step.op == OpKind::ActivateGrad && step.activation.kind == ActivationKind::Relu
                && step.left == operands && step.right >= 0 && step.right < operands;
        };
        const bool isJoin = steps.size() == 2 && steps[0].op == OpKind::Add && steps[0].left < operands
            && steps[0].right < operands && isRelu(steps[1]);
        if (!isJoin) {
            return std::nullopt;
        }
        join.values[0] = node.inputs[static_cast<std::size_t>(steps[0].left)];
        join.values[1] = node.inputs[static_cast<std::size_t>(steps[0].right)];
        join.mask = node.inputs[static_cast<std::size_t>(steps[1].right)];
    } else {
        return std::nullopt;
    }
    const Value& result = graph.value(node.outputs[0]);
    for (const ValueId operand : node.inputs) {
        const Value& value = graph.value(operand);
        if (value.shape != result.shape || value.channelBlock != result.channelBlock || value.dtype != DType::Float32) {
            return std::nullopt;
        }
    }
    return join;
}

class JoinPass {
public:
    JoinPass(const Graph& graph, const std::function<bool(const Node&)>& isPossible)
        : m_graph(graph), m_rewriter(graph), m_uses(countUses(graph)), m_isAbsorbed(graph.nodes().size(), false)
    {
        const auto count = static_cast<NodeId>(graph.nodes().size());
        for (NodeId id = 0; id < count; ++id) {
            const auto join = joinOf(graph, graph.node(id));
            for (int i = 0; join && i < 2 && m_convolutionOf.count(id) == 0; ++i) {
                const NodeId producer = graph.value(join->values[i]).producer;
                if (producer != kNone && m_uses[static_cast<std::size_t>(join->values[i])] == 1
                    && graph.node(producer).kind == OpKind::Conv2dInputGrad && graph.node(producer).inputs.size() == 2
                    && isPossible(graph.node(producer))) {
                    m_convolutionOf[id] = producer;
                    m_isAbsorbed[static_cast<std::size_t>(producer)] = true;
                }
            }
        }
    }

    Graph run()
    {
        const auto count = static_cast<NodeId>(m_graph.nodes().size());
        for (NodeId id = 0; id < count; ++id) {
            if (m_convolutionOf.count(id) != 0) {
                write(id);
            } else if (!m_isAbsorbed[static_cast<std::size_t>(id)]) {
                m_rewriter.copyNode(m_graph.node(id));
            }
        }
        return m_rewriter.finish();
    }

private:
    void write(NodeId id)
    {
        const Node& sum = m_graph.node(id);
        const Join join = *joinOf(m_graph, sum);
        Node joined = m_graph.node(m_convolutionOf[id]);
        const ValueId other = join.values[0] == joined.outputs[0] ? join.values[1] : join.values[0];
        joined.inputs.push_back(other);
        if (join.mask != kNone) {
            joined.inputs.push_back(join.mask);
        }
        joined.outputs = sum.outputs;
        m_rewriter.copyNode(joined);
    }

    const Graph& m_graph;
    GraphRewriter m_rewriter;
    std::vector<int> m_uses;
    std::vector<bool> m_isAbsorbed;
    std::map<NodeId, NodeId> m_convolutionOf; ///< by sum
};

} // namespace

Graph joinGradients(const Graph& graph, const std::function<bool(const Node&)>& isPossible)
{
    return JoinPass(graph, isPossible).run();
}

} // namespace ty::engine
