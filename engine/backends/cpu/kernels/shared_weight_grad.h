#pragma once

#include "engine/backends/cpu/kernel_builder.h"

namespace ty::engine::kernels {

/// Conv2dWeightGrad by oneDNN, with the images shared out by us: each thread runs a primitive of its own that knows no
/// other, and the sum follows in their order. oneDNN's own division waits in a barrier that spins: beside another busy
/// process it stalls for as long as a thread is without its core. Precondition: 2 threads or more, as many images.
Kernel sharedWeightGrad(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
