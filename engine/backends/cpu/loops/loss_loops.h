#pragma once

#include <cstddef>

#include "engine/backends/cpu/loops/bfloat16.h"

namespace ty::engine::loops {

/// Rows that loops over rows of `classes` take at once: the most that narrow ones lie side by side in vectors, 1 for wide
/// ones, which fill vectors by themselves. A row's result does not depend on how many come with it.
std::size_t rowsAtOnce(std::size_t classes);

/// softmax of one row; `y` may be `x`.
void softmaxRow(const float* x, float* y, std::size_t classes);
/// softmax of each row; `y` may be `x`. Precondition of this one and of those below: rows <= rowsAtOnce(classes).
void softmaxRows(const float* x, float* y, std::size_t rows, std::size_t classes);
/// dx = y (grad - sum grad y); `dx` may be `grad`.
void softmaxGradRows(const float* grad, const float* y, float* dx, std::size_t rows, std::size_t classes);
void softmaxGradRows(const BFloat16* grad, const BFloat16* y, BFloat16* dx, std::size_t rows, std::size_t classes);
/// losses[i] = -log softmax(logits of row i)[labels[i]], smoothed: the target is (1 - s) at the label plus s / classes
/// everywhere. In nats.
void crossEntropyRows(
    const float* logits, const float* labels, double smoothing, double* losses, std::size_t rows, std::size_t classes);
/// factors[i] (softmax(logits of row i) - its target).
void crossEntropyGradRows(
    const float* logits,
    const float* labels,
    double smoothing,
    const float* factors,
    float* dx,
    std::size_t rows,
    std::size_t classes);
/// Both at once, and returns what countLargest does; `dx` may be `logits`.
std::size_t crossEntropyStepRows(
    const float* logits,
    const float* labels,
    double smoothing,
    const float* factors,
    float* dx,
    double* losses,
    std::size_t rows,
    std::size_t classes);
/// Rows whose largest value, the first of equal ones, stands at the label.
std::size_t countLargest(const float* values, const float* labels, std::size_t rows, std::size_t classes);

/// Index of the largest; the first of equal ones.
std::size_t largest(const float* values, std::size_t count);

} // namespace ty::engine::loops
