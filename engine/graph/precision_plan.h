#pragma once

#include <functional>

#include "engine/graph/graph.h"

namespace ty::engine {

/// Whether a backend computes this product (MatMul, Conv2d and its gradients, Recurrent and its gradient) on bfloat16.
using ProductChooser = std::function<bool(const Graph&, const Node&)>;

/// The same computation with the products that the backend chooses on bfloat16, their sums in float32, and Cast nodes
/// where the two formats meet:
/// - a product's result is kept in bfloat16 where another product reads it, be it through ops that may compute on either
///   (activations, max pooling, batch norm, whose statistics stay float32); elsewhere it comes in float32;
/// - such an op computes on the format that needs fewer casts;
/// - every value is cast at most once each way, and never back from what it was cast to;
/// - all else (losses, softmax, sums, other norms) and what the outside reads stay float32, and so do parameters: the
///   kernels of convolutions and recurrent layers convert their weights where they reorder them anyway.
/// To be run after fusion and before planLayouts.
Graph planPrecision(const Graph& graph, const ProductChooser& isProduct);

} // namespace ty::engine
