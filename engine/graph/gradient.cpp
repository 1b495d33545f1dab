#include "engine/graph/gradient.h"

#include <cassert>

#include "engine/graph/op_rule.h"

namespace ty::engine {

namespace {

/// Values that depend on one of `wanted`, themselves included.
std::vector<bool> dependents(const Graph& graph, std::span<const ValueId> wanted)
{
    std::vector<bool> isDependent(graph.values().size(), false);
    for (const ValueId value : wanted) {
        isDependent[static_cast<std::size_t>(value)] = true;
    }
    for (const Node& node : graph.nodes()) {
        bool depends = false;
        for (const ValueId input : node.inputs) {
            depends = depends || isDependent[static_cast<std::size_t>(input)];
        }
        for (const ValueId output : node.outputs) {
            isDependent[static_cast<std::size_t>(output)] = depends;
        }
    }
    return isDependent;
}

} // namespace

GradientBuilder::GradientBuilder(Graph& graph, std::vector<bool> isWanted)
    : m_graph(graph), m_isWanted(std::move(isWanted))
{
}

ValueId GradientBuilder::gradientOf(ValueId value) const
{
    const auto found = m_gradients.find(value);
    return found == m_gradients.end() ? kNone : found->second;
}

void GradientBuilder::addGradient(ValueId value, ValueId gradient)
{
    if (!isWanted(value)) {
        return;
    }
    ValueId& slot = m_gradients.try_emplace(value, kNone).first->second;
    slot = slot == kNone ? gradient : apply(OpKind::Add, {slot, gradient});
}

ValueId GradientBuilder::apply(OpKind kind, std::vector<ValueId> inputs, Attributes attributes, std::size_t output)
{
    return m_graph.apply(kind, std::move(inputs), std::move(attributes), m_name, output);
}

std::vector<ValueId> appendGradients(Graph& graph, ValueId target, ValueId seed, std::span<const ValueId> wanted)
{
    GradientBuilder builder(graph, dependents(graph, wanted));
    if (seed == kNone) {
        seed = graph.apply(OpKind::Fill, {}, FillAttributes{graph.shape(target), 1.0});
    }
    if (builder.isWanted(target)) {
        builder.m_gradients[target] = seed;
    }
    for (NodeId id = graph.value(target).producer; id >= 0; --id) {
        const Node node = graph.node(id); // a copy: the rule appends to the graph
        if (builder.gradientOf(node.outputs[0]) == kNone) {
            continue;
        }
        const OpRule& rule = ruleOf(node.kind);
        assert(rule.differentiate != nullptr);
        builder.m_name = node.name;
        rule.differentiate(builder, node);
    }

    std::vector<ValueId> gradients;
    for (const ValueId value : wanted) {
        gradients.push_back(builder.gradientOf(value));
    }
    return gradients;
}

} // namespace ty::engine
