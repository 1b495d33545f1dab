#include "engine/graph/elementwise_fusion.h"

#include <algorithm>
#include <vector>

#include "engine/graph/rewriter.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMaxSteps = 8;

bool isElementwise(OpKind kind)
{
    return kind == OpKind::Activate || kind == OpKind::ActivateGrad || kind == OpKind::Add || kind == OpKind::Multiply
        || kind == OpKind::Dropout;
}

/// A node with those that it absorbed, in the order in which they run.
struct Chain {
    std::vector<NodeId> nodes;
    int dropouts = 0; ///< at most one: two masks could belong to different layouts
};

ElementwiseStep stepOf(const Node& node)
{
    ElementwiseStep step;
    step.op = node.kind;
    if (node.kind == OpKind::Dropout) {
        step.dropout = node.as<DropoutAttributes>();
    } else if (node.kind == OpKind::Activate || node.kind == OpKind::ActivateGrad) {
        step.activation = node.as<ActivationAttributes>().activation;
    }
    return step;
}

void writeChain(GraphRewriter& rewriter, const Chain& chain)
{
    const Graph& graph = rewriter.source();
    // Outside operands first, each once; then the steps refer to them and to each other by number.
    std::vector<ValueId> operands;
    std::vector<ValueId> results;
    for (const NodeId id : chain.nodes) {
        results.push_back(graph.node(id).outputs[0]);
    }
    const auto has = [](const std::vector<ValueId>& values, ValueId value) {
        return std::find(values.begin(), values.end(), value) != values.end();
    };
    for (const NodeId id : chain.nodes) {
        for (const ValueId input : graph.node(id).inputs) {
            if (!has(results, input) && !has(operands, input)) {
                operands.push_back(input);
            }
        }
    }
    const auto numberOf = [&](ValueId value) {
        const auto outside = std::find(operands.begin(), operands.end(), value);
        if (outside != operands.end()) {
            return static_cast<int>(outside - operands.begin());
        }
        return static_cast<int>(operands.size())
            + static_cast<int>(std::find(results.begin(), results.end(), value) - results.begin());
    };
    ElementwiseAttributes attributes;
    for (const NodeId id : chain.nodes) {
        const Node& node = graph.node(id);
        ElementwiseStep step = stepOf(node);
        step.left = numberOf(node.inputs[0]);
        step.right = node.inputs.size() > 1 ? numberOf(node.inputs[1]) : -1;
        attributes.steps.push_back(step);
    }
    std::vector<ValueId> inputs;
    for (const ValueId operand : operands) {
        inputs.push_back(rewriter.mapped(operand));
    }
    const Node& last = graph.node(chain.nodes.back());
    rewriter.setMapped(
        last.outputs[0],
        rewriter.result().apply(OpKind::Elementwise, std::move(inputs), std::move(attributes), last.name));
}

} // namespace

Graph fuseElementwise(const Graph& graph)
{
    const std::vector<int> uses = countUses(graph);
    std::vector<Chain> chains(graph.nodes().size());
    std::vector<bool> isAbsorbed(graph.nodes().size(), false);
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        const Node& node = graph.nodes()[i];
        Chain& chain = chains[i];
        chain.dropouts = node.kind == OpKind::Dropout ? 1 : 0;
        if (isElementwise(node.kind)) {
            for (const ValueId input : node.inputs) {
                const NodeId producer = graph.value(input).producer;
                if (producer == kNone || uses[static_cast<std::size_t>(input)] != 1
                    || graph.shape(input) != graph.shape(node.outputs[0])) {
                    continue;
                }
                const Chain& before = chains[static_cast<std::size_t>(producer)];
                if (isElementwise(graph.node(producer).kind) && chain.nodes.size() + before.nodes.size() < kMaxSteps
                    && chain.dropouts + before.dropouts <= 1) {
                    chain.dropouts += before.dropouts;
                    chain.nodes.insert(chain.nodes.end(), before.nodes.begin(), before.nodes.end());
                    isAbsorbed[static_cast<std::size_t>(producer)] = true;
                }
            }
        }
        chain.nodes.push_back(static_cast<NodeId>(i));
    }

    GraphRewriter rewriter(graph);
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        if (isAbsorbed[i]) {
            continue;
        }
        if (chains[i].nodes.size() > 1) {
            writeChain(rewriter, chains[i]);
        } else {
            rewriter.copyNode(graph.nodes()[i]);
        }
    }
    return rewriter.finish();
}

} // namespace ty::engine
