#pragma once

#include <cstddef>

#include "engine/backends/cpu/loops/bfloat16.h"

namespace ty::engine::loops {

/// softmax of one row; `y` may be `x`.
void softmaxRow(const float* x, float* y, std::size_t classes);
/// dx = y (grad - sum grad y); `dx` may be `grad`.
void softmaxGradRow(const float* grad, const float* y, float* dx, std::size_t classes);
void softmaxGradRow(const BFloat16* grad, const BFloat16* y, BFloat16* dx, std::size_t classes);
/// -log softmax(logits)[label], smoothed: the target is (1 - s) at the label plus s / classes everywhere. In nats.
double crossEntropyRow(const float* logits, std::size_t label, double smoothing, std::size_t classes);
/// factor (softmax(logits) - target).
void crossEntropyGradRow(
    const float* logits, std::size_t label, double smoothing, float factor, float* dx, std::size_t classes);
/// Index of the largest; the first of equal ones.
std::size_t largest(const float* values, std::size_t count);

} // namespace ty::engine::loops
