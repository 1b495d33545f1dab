#pragma once

#include "engine/graph/graph.h"

namespace ty::engine {

/// What is added to a normalised picture, as at the end of each block of a residual network, is added as it is normalised.
Graph fuseNormAdditions(const Graph& graph);

/// The gradient of a relu behind batch norm goes into that of the norm, which then needs no picture more than before:
/// where the relu let values through follows from the norm's operand. Wants activations fused.
Graph fuseNormGradients(const Graph& graph);

} // namespace ty::engine
