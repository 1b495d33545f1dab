#pragma once

#include "engine/backends/cpu/kernel_builder.h"

namespace ty::engine {

/// The two gradients of one convolution, nodes that follow each other, by kernels that can run beside each other: the
/// weight's, whose sums belong to threads, then the input's, which threads share as they go. Empty where the nodes are
/// others, a kernel is not made of parts, or memory that one of them writes is the other's too.
Kernel jointGradients(const KernelBuilder& builder, const Node& a, const Kernel& ofA, const Node& b, const Kernel& ofB);

} // namespace ty::engine
