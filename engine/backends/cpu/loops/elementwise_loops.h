#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/graph/activation.h"

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
float sum(const float* x, std::size_t count);

/// Which elements a dropout layer keeps in one step. The mask depends on the element's number alone, so that the
/// gradient makes it again, and any split over threads gives the same.
struct DropoutMask {
    std::uint32_t key0 = 0;
    std::uint32_t key1 = 0;
    std::uint32_t threshold = 0; ///< numbers below it drop the element
    float scale = 1;             ///< of the kept
};
void dropout(const DropoutMask& mask, const float* x, float* y, std::size_t begin, std::size_t end);

} // namespace ty::engine::loops
