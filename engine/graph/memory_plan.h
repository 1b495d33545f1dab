#pragma once

#include <cstdint>
#include <vector>

#include "engine/graph/graph.h"

namespace ty::engine {

/// Where each result lies in one arena. Values that are never alive together share memory; elementwise results
/// overwrite an operand that dies there; Reshape is a view.
struct MemoryPlan {
    std::vector<std::int64_t> offsets; ///< bytes, multiples of 64; kOutside for values that live elsewhere
    std::vector<ValueId> viewOf;       ///< the value whose memory a Reshape shows, or kNone
    std::int64_t arenaBytes = 0;
    std::int64_t separateBytes = 0; ///< what the results would take without sharing

    static constexpr std::int64_t kOutside = -1;
};

/// `isOutside[v]`: the result lives in memory of the caller (gradients). Outputs of the graph stay alive to the end.
MemoryPlan planMemory(const Graph& graph, const std::vector<bool>& isOutside);

} // namespace ty::engine
