#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/dense_rows.h"

namespace ty::engine {

enum class KernelKind : std::uint8_t { Linear, Rbf };

/// How alike two rows are: x.z, or exp(-gamma |x - z|^2).
struct KernelFunction {
    KernelKind kind = KernelKind::Rbf;
    double gamma = 1;
};

/// Squares of the rows' lengths.
std::vector<float> squaredNorms(const DenseRows& rows);

/// into[i] = kernel(rows[order[i]], one); order empty: rows in their order.
/// @param norms  squaredNorms(rows)
/// @param one    stride() numbers, padded like a row
void kernelValues(
    const KernelFunction& kernel, const DenseRows& rows, std::span<const float> norms, std::span<const std::uint32_t> order,
    const float* one, float oneNorm, std::span<float> into);

} // namespace ty::engine
