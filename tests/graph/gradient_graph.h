#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "engine/graph/gradient.h"
#include "engine/graph/graph.h"

namespace ty::engine {

/// A graph with the gradients in all its parameters, from a seed given from outside.
struct GradientGraph {
    Graph graph; ///< outputs: the result, then the gradients
    ValueId result{};
    ValueId seed{};
    std::vector<ValueId> parameters;
    std::vector<ValueId> gradients; ///< of the parameters, in their order

    /// @param build  gives the result
    explicit GradientGraph(const std::function<ValueId(Graph&)>& build)
        : result(build(graph))
        , seed(graph.addInput("seed", graph.shape(result)))
    {
        for (std::size_t i = 0; i < graph.values().size(); ++i) {
            if (graph.values()[i].role == ValueRole::Parameter) {
                parameters.push_back(static_cast<ValueId>(i));
            }
        }
        gradients = appendGradients(graph, result, seed, parameters);
        std::vector<ValueId> outputs = gradients;
        outputs.insert(outputs.begin(), result);
        graph.setOutputs(outputs);
    }
};

} // namespace ty::engine
