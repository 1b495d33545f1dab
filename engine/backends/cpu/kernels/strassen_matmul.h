#pragma once

#include "engine/backends/cpu/kernel_builder.h"

namespace ty::engine::kernels {

/// Whether strassenMatMul can compute a product of matrices, and is faster than oneDNN: a rule of shapes (DECISIONS.md has
/// the measurements), and only on processors with vectors of 16 floats.
bool isStrassenMatMulFaster(const Graph& graph, const Node& node);

/// MatMul by strassen_matrices.h; what makes no whole block of rows, columns or terms goes to oneDNN. Precondition: float32
/// matrices with at least one whole block, 32 of what is summed (or of the rows of a left one that is transposed) and 64
/// columns; not both transposed; no activation but relu, and none where the left one is transposed, nor a bias.
Kernel strassenMatMul(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
