#pragma once

#include "engine/graph/graph.h"

namespace ty::engine {

/// The same computation in fewer visits of memory:
/// - bias and activation go into MatMul and Conv2d, relu into batch norm and its gradient;
/// - the gradient of a convolution's bias is made with that of its weight;
/// - an activation's gradient moves below max pooling, where there is a quarter of the values: the maximum that a
///   window kept is the activation's result at its place;
/// - elementwise ops that follow each other become one loop.
/// Values that something else reads are left as they are.
Graph fuseGraph(const Graph& graph);

} // namespace ty::engine
