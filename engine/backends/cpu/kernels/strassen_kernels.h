#pragma once

#include "engine/backends/cpu/kernel_builder.h"

// Convolutions of one pixel by loops/strassen.h. Preconditions: isStrassenFaster, pictures and the weight in blocks of 16.
namespace ty::engine::kernels {

Kernel strassenConv2d(KernelBuilder& builder, const Node& node);
/// Of stride 1 also (grad, weight, other[, result of a relu]), see joinGradients.
Kernel strassenInputGrad(KernelBuilder& builder, const Node& node);
/// Without a gradient of a bias.
Kernel strassenWeightGrad(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
