#pragma once

#include <functional>

#include "engine/graph/graph.h"

namespace ty::engine {

/// Where a value was read twice, as before each block of a residual network, its two gradients are added, and the sum passes
/// the relu before it. Here the convolution that makes one of them adds the other as it stores its result, and applies the
/// relu: three visits of memory less. The node becomes Conv2dInputGrad (grad, weight, other[, result of the relu]), at the
/// place of the sum. `isPossible` says of a Conv2dInputGrad whether its kernel can do so. Wants layouts planned.
Graph joinGradients(const Graph& graph, const std::function<bool(const Node&)>& isPossible);

} // namespace ty::engine
