#pragma once

#include "engine/graph/graph.h"

namespace ty::engine {

/// Turns elementwise ops of one shape that follow each other into Elementwise nodes of at most 8 steps.
Graph fuseElementwise(const Graph& graph);

} // namespace ty::engine
