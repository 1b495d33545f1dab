#pragma once

#include "engine/backends/cpu/kernel_builder.h"

// Convolutions for which isStridedWindowPossible holds and the gradients of their weights. Pictures and weights are plain,
// results have channel blocks of 16. Threads share the rows of tiles evenly; a weight's gradient has the same bits for the
// same number of threads, results for any.
namespace ty::engine::kernels {

/// `src`, `dst` and `weight` of the convolution that the node is of, or is the gradient of: whether these kernels are
/// faster, and everything lies as they want it.
bool isStridedWindow(const KernelBuilder& builder, const Node& node, ValueId src, ValueId dst, ValueId weight);

Kernel stridedWindowConv2d(KernelBuilder& builder, const Node& node);
Kernel stridedWindowWeightGrad(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
