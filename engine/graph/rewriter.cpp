#include "engine/graph/rewriter.h"

#include <cassert>

namespace ty::engine {

GraphRewriter::GraphRewriter(const Graph& source) : m_source(source), m_mapped(source.values().size(), kNone)
{
    for (std::size_t i = 0; i < source.values().size(); ++i) {
        const Value& value = source.values()[i];
        if (value.role != ValueRole::Result) {
            const ValueId made = m_result.addValue(value.role, value.name, value.shape, value.dtype, kNone);
            m_result.setChannelBlock(made, value.channelBlock);
            m_mapped[i] = made;
        }
    }
}

ValueId GraphRewriter::mapped(ValueId old) const
{
    const ValueId made = m_mapped[static_cast<std::size_t>(old)];
    assert(made != kNone);
    return made;
}

NodeId GraphRewriter::copyNode(const Node& node, std::vector<ValueId> inputs)
{
    const auto id = m_result.append(node.kind, std::move(inputs), node.attributes, node.name);
    assert(id.isOk());
    const std::vector<ValueId> outputs = m_result.node(*id).outputs;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        m_result.setChannelBlock(outputs[i], m_source.value(node.outputs[i]).channelBlock);
        m_result.setDType(outputs[i], m_source.value(node.outputs[i]).dtype);
        setMapped(node.outputs[i], outputs[i]);
    }
    return *id;
}

NodeId GraphRewriter::copyNode(const Node& node)
{
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) {
        inputs.push_back(mapped(input));
    }
    return copyNode(node, std::move(inputs));
}

Graph GraphRewriter::finish()
{
    std::vector<ValueId> outputs;
    for (const ValueId output : m_source.outputs()) {
        outputs.push_back(mapped(output));
    }
    m_result.setOutputs(std::move(outputs));
    return std::move(m_result);
}

std::vector<int> countUses(const Graph& graph)
{
    std::vector<int> uses(graph.values().size(), 0);
    for (const Node& node : graph.nodes()) {
        for (const ValueId input : node.inputs) {
            ++uses[static_cast<std::size_t>(input)];
        }
    }
    for (const ValueId output : graph.outputs()) {
        ++uses[static_cast<std::size_t>(output)];
    }
    return uses;
}

Graph removeUnused(const Graph& graph)
{
    std::vector<bool> isNeeded(graph.values().size(), false);
    for (const ValueId output : graph.outputs()) {
        isNeeded[static_cast<std::size_t>(output)] = true;
    }
    std::vector<bool> isKept(graph.nodes().size(), false);
    for (std::size_t i = graph.nodes().size(); i-- > 0;) {
        const Node& node = graph.nodes()[i];
        for (const ValueId output : node.outputs) {
            isKept[i] = isKept[i] || isNeeded[static_cast<std::size_t>(output)];
        }
        if (isKept[i]) {
            for (const ValueId input : node.inputs) {
                isNeeded[static_cast<std::size_t>(input)] = true;
            }
        }
    }
    GraphRewriter rewriter(graph);
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        if (isKept[i]) {
            rewriter.copyNode(graph.nodes()[i]);
        }
    }
    return rewriter.finish();
}

} // namespace ty::engine
