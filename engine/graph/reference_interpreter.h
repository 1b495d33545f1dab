#pragma once

#include <cstdint>
#include <vector>

#include "engine/graph/graph.h"

namespace ty::engine {

/// Computes a graph in float64 with plain loops, one op after the other: the judge of every backend and of every
/// gradient. Slow. Layouts do not matter to it: all values are in plain row-major order.
class ReferenceInterpreter {
public:
    using Values = std::vector<double>;

    explicit ReferenceInterpreter(const Graph& graph);

    /// The elements of a value, to be set for inputs, parameters and states before a run.
    Values& value(ValueId id) { return m_values[static_cast<std::size_t>(id)]; }
    const Values& value(ValueId id) const { return m_values[static_cast<std::size_t>(id)]; }
    void setDropoutKeys(std::uint32_t key0, std::uint32_t key1);
    void run();

private:
    void runNode(const Node& node);
    void runElementwise(const Node& node);

    const Graph& m_graph;
    std::vector<Values> m_values;
    std::uint32_t m_key0 = 0;
    std::uint32_t m_key1 = 0;
};

} // namespace ty::engine
