#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/graph/rewriter.h"

namespace ty::engine {

/// One pass over a graph: says which node is absorbed by which later one, and writes the fused nodes.
class FusionPass {
public:
    explicit FusionPass(const Graph& graph)
        : m_graph(graph), m_rewriter(graph), m_uses(countUses(graph)), m_isAbsorbed(graph.nodes().size(), false)
    {
    }
    virtual ~FusionPass() = default;

    Graph run()
    {
        const auto count = static_cast<NodeId>(m_graph.nodes().size());
        for (NodeId id = 0; id < count; ++id) {
            plan(id);
        }
        for (NodeId id = 0; id < count; ++id) {
            if (!m_isAbsorbed[static_cast<std::size_t>(id)] && !write(id)) {
                m_rewriter.copyNode(m_graph.node(id));
            }
        }
        return m_rewriter.finish();
    }

protected:
    /// Notes what node `id` absorbs.
    virtual void plan(NodeId id) = 0;
    /// Writes the fused node that `id` became; false if it is to be copied.
    virtual bool write(NodeId id) = 0;

    const Graph& graph() const { return m_graph; }
    GraphRewriter& rewriter() { return m_rewriter; }
    void absorb(NodeId id) { m_isAbsorbed[static_cast<std::size_t>(id)] = true; }
    bool isAbsorbed(NodeId id) const { return m_isAbsorbed[static_cast<std::size_t>(id)]; }
    bool isUsedOnce(ValueId value) const { return m_uses[static_cast<std::size_t>(value)] == 1; }
    const Node* producerOf(ValueId value) const
    {
        const NodeId id = m_graph.value(value).producer;
        return id == kNone ? nullptr : &m_graph.node(id);
    }

    std::vector<ValueId> mapped(const std::vector<ValueId>& values)
    {
        std::vector<ValueId> made;
        for (const ValueId value : values) {
            made.push_back(m_rewriter.mapped(value));
        }
        return made;
    }

    /// Writes a node whose results stand for `outputs` of the old graph.
    void emit(
        OpKind kind,
        std::vector<ValueId> inputs,
        Attributes attributes,
        const std::string& name,
        const std::vector<ValueId>& outputs)
    {
        const ValueId first = m_rewriter.result().apply(kind, std::move(inputs), std::move(attributes), name);
        const Node& made = m_rewriter.result().node(m_rewriter.result().value(first).producer);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            m_rewriter.setMapped(outputs[i], made.outputs[i]);
        }
    }

private:
    const Graph& m_graph;
    GraphRewriter m_rewriter;
    std::vector<int> m_uses;
    std::vector<bool> m_isAbsorbed;
};

} // namespace ty::engine
