#pragma once

#include <map>
#include <span>
#include <vector>

#include "engine/graph/graph.h"

namespace ty::engine {

/// What an op's gradient rule sees: the gradients of its results, and where to add those of its inputs.
class GradientBuilder {
public:
    GradientBuilder(Graph& graph, std::vector<bool> isWanted);

    const Graph& graph() const { return m_graph; }
    /// Whether anybody asks for the gradient of `value`.
    bool isWanted(ValueId value) const { return m_isWanted[static_cast<std::size_t>(value)]; }
    /// The gradient of `value` as far as it is known; kNone if nothing depends on it.
    ValueId gradientOf(ValueId value) const;
    /// Adds to the gradient of `value`.
    void addGradient(ValueId value, ValueId gradient);
    ValueId apply(OpKind kind, std::vector<ValueId> inputs, Attributes attributes = {}, std::size_t output = 0);

private:
    friend std::vector<ValueId> appendGradients(
        Graph& graph, ValueId target, ValueId seed, std::span<const ValueId> wanted);

    Graph& m_graph;
    std::vector<bool> m_isWanted;
    std::map<ValueId, ValueId> m_gradients;
    std::string m_name; ///< of the layer whose gradient is being written
};

/// Appends the nodes that compute d(target . seed) / d(wanted) and returns one gradient for each of `wanted`
/// (parameters, or inputs: saliency); kNone where the target does not depend on it. `seed` has the target's shape;
/// kNone means ones. Only what leads to `wanted` is computed.
std::vector<ValueId> appendGradients(Graph& graph, ValueId target, ValueId seed, std::span<const ValueId> wanted);

} // namespace ty::engine
