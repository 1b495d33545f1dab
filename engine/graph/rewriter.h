#pragma once

#include <vector>

#include "engine/graph/graph.h"

namespace ty::engine {

/// Copies a graph node by node into a new one; a pass decides for each node whether to copy, replace or leave it out.
class GraphRewriter {
public:
    /// Inputs, parameters and states are copied at once.
    explicit GraphRewriter(const Graph& source);

    const Graph& source() const { return m_source; }
    Graph& result() { return m_result; }
    /// The new value for an old one; it must have been written already.
    ValueId mapped(ValueId old) const;
    void setMapped(ValueId old, ValueId made) { m_mapped[static_cast<std::size_t>(old)] = made; }
    /// Copies a node with these (new) inputs; its results are mapped.
    NodeId copyNode(const Node& node, std::vector<ValueId> inputs);
    NodeId copyNode(const Node& node);
    /// The new graph, with the outputs of the old one.
    Graph finish();

private:
    const Graph& m_source;
    Graph m_result;
    std::vector<ValueId> m_mapped;
};

/// How many nodes (and outputs of the graph) read each value.
std::vector<int> countUses(const Graph& graph);

/// The graph without nodes that lead to no output.
Graph removeUnused(const Graph& graph);

} // namespace ty::engine
