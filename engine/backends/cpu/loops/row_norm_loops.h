#pragma once

#include <cstddef>

// Normalisation of rows: layer norm, whose scale and shift go with the place in the row, and group norm.
namespace ty::engine::loops {

/// Mean and 1 / sqrt(variance + epsilon) of a row.
void rowMoments(const float* x, std::size_t count, float epsilon, float* mean, float* inverseDeviation);
/// y = (x - mean) factor + shift.
void scaleAround(const float* x, float mean, float factor, float shift, std::size_t count, float* y);
/// Sums of grad and of grad times the normalised x.
void rowGradSums(
    const float* grad,
    const float* x,
    float mean,
    float inverseDeviation,
    std::size_t count,
    float* sum,
    float* product);
/// dx = inverse deviation (grad scale - sum - normalised x product).
void rowGradApply(
    const float* grad,
    const float* x,
    float mean,
    float inverseDeviation,
    float scale,
    float sum,
    float product,
    std::size_t count,
    float* dx);

/// One row of layer norm: y = (x - mean) inverse deviation scale + shift.
void layerNormRow(
    const float* x,
    const float* scale,
    const float* shift,
    float epsilon,
    std::size_t count,
    float* y,
    float* mean,
    float* inverseDeviation);
/// dscale and dshift are added to.
void layerNormGradRow(
    const float* grad,
    const float* x,
    const float* scale,
    float mean,
    float inverseDeviation,
    std::size_t count,
    float* dx,
    float* dscale,
    float* dshift);

} // namespace ty::engine::loops
