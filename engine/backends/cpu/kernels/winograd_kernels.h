#pragma once

#include "engine/backends/cpu/kernel_builder.h"

// The three passes of convolutions for which isWinogradPossible holds. Pictures have channel blocks of 16, and the weight
// and its gradient the layout of winogradWeightDesc. Threads share the tiles, as they go but for a
// weight's gradient, and never wait inside a pass but at its end; a weight's gradient has the same bits for the same number
// of threads, the other passes for any.
namespace ty::engine::kernels {

Kernel winogradConv2d(KernelBuilder& builder, const Node& node);
Kernel winogradInputGrad(KernelBuilder& builder, const Node& node);
Kernel winogradWeightGrad(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
