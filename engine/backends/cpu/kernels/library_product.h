#pragma once

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/backends/cpu/loops/small_matmul.h"
#include "engine/graph/activation.h"

namespace ty::engine::kernels {

/// A product of float32 matrices (or parts of them) by oneDNN.
struct LibraryProduct {
    loops::SmallMatMul shape;
    const float* a = nullptr;
    const float* b = nullptr;
    const float* bias = nullptr; ///< {columns}, or null
    float* c = nullptr;
    Activation activation;
};

/// Throws dnnl::error.
Kernel libraryProduct(KernelBuilder& builder, const LibraryProduct& product);

} // namespace ty::engine::kernels
