#pragma once

#include "engine/backends/cpu/kernel_builder.h"

// Softmax cross-entropy against shares of the classes {N, C} instead of labels.
namespace ty::engine::kernels {

Kernel crossEntropyOfShares(KernelBuilder& builder, const Node& node);
Kernel crossEntropyOfSharesGrad(KernelBuilder& builder, const Node& node);
Kernel countCorrectShares(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
