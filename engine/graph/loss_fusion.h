#pragma once

#include "engine/graph/graph.h"

namespace ty::engine {

/// Makes softmax cross-entropy of labels, the count of what is right, and the gradient of the loss itself one node, which
/// reads the logits once; where all three are there. The sums of a large gradient's columns, which are the gradient of a
/// bias, are made on the way too.
Graph fuseLossAndGradient(const Graph& graph);

} // namespace ty::engine
