#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/backends/cpu/loops/bfloat16.h"
#include "engine/graph/activation.h"
#include "engine/graph/dropout_mask.h"

// Single-threaded loops over ranges; the result may be the first operand.
namespace ty::engine::loops {

void activate(const Activation& activation, const float* x, float* y, std::size_t count);
/// `reference`: the activation's result, or its argument for gelu and silu.
void activateGrad(
    const Activation& activation, const float* grad, const float* reference, float* dx, std::size_t count);
void add(const float* a, const float* b, float* y, std::size_t count);
void multiply(const float* a, const float* b, float* y, std::size_t count);
void fill(float value, float* y, std::size_t count);
/// y[i] = x[i] + value.
void addScalar(const float* x, float value, float* y, std::size_t count);
/// rows of `width` values, each with the same addend.
void addRows(const float* x, const float* addend, float* y, std::size_t rows, std::size_t width);
/// total[i] += the column sums of {rows, width}; rows begin `stride` elements apart.
void sumRows(const float* x, float* total, std::size_t rows, std::size_t width, std::size_t stride);
void sumRows(const BFloat16* x, float* total, std::size_t rows, std::size_t width, std::size_t stride);
/// total = the sums of the columns of a small matrix, in doubles.
void sumTinyRows(const float* x, float* total, std::int64_t rows, std::int64_t columns);
void sumTinyRows(const BFloat16* x, float* total, std::int64_t rows, std::int64_t columns);
float sum(const float* x, std::size_t count);
float sum(const BFloat16* x, std::size_t count);
double sum(const double* x, std::size_t count);

/// Elements [begin, end) of the whole; x and y point at element 0.
void dropout(const DropoutMask& mask, const float* x, float* y, std::size_t begin, std::size_t end);

} // namespace ty::engine::loops
