#pragma once

#include "engine/backends/cpu/kernel_builder.h"

// A weight's gradient that threads share by parts of the weight: nothing is added up afterwards, and the result has the
// same bits for any number of threads.
namespace ty::engine::kernels {

/// Whether it is possible, and as fast as oneDNN's kernel with its images shared (DECISIONS.md).
bool isDirectWeightGradFaster(const KernelBuilder& builder, const Node& node);
Kernel directWeightGrad(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
