#pragma once

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/backends/cpu/loops/small_matmul.h"
#include "engine/graph/activation.h"

namespace ty::engine::kernels {

/// A product of matrices, or of parts of them, by oneDNN.
struct LibraryProduct {
    loops::SmallMatMul shape;
    const void* a = nullptr;
    const void* b = nullptr;
    const float* bias = nullptr; ///< {columns}, or null
    void* c = nullptr;
    Activation activation;
    std::int64_t matrices = 0; ///< that lie one after the other, each whole; 0: one, which may be a part
    DType aType = DType::Float32;
    DType bType = DType::Float32;
    DType cType = DType::Float32;
};

/// Throws dnnl::error.
Kernel libraryProduct(KernelBuilder& builder, const LibraryProduct& product);

} // namespace ty::engine::kernels
