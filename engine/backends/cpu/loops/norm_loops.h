#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/backends/cpu/loops/bfloat16.h"

// Normalisation over groups of `rows` x `width` values: width channels lie beside each other (blocked pictures, flat
// values), or width is 1 and the rows are the pixels of one channel. `imageStride` separates groups of the same channels.
namespace ty::engine::loops {

struct ChannelGroup {
    std::int64_t images = 1;
    std::int64_t imageStride = 0; ///< elements between images
    std::int64_t rows = 1;        ///< pixels of an image
    std::int64_t width = 1;       ///< channels
};

/// Sums over images and rows of x, then of (x - mean)^2: mean[width] and squares[width], stable in one visit of memory.
void momentsOf(const ChannelGroup& group, const float* x, float* mean, float* squares);
/// y = x factor + offset per channel, then relu if wanted.
void scaleShift(
    const ChannelGroup& group, const float* x, const float* factor, const float* offset, bool isRelu, float* y);
/// sums[width] = sum of g and products[width] = sum of g (x - mean), where g is grad, or 0 where result <= 0.
void gradSums(
    const ChannelGroup& group,
    const float* grad,
    const float* result,
    const float* x,
    const float* mean,
    float* sums,
    float* products);
/// dx = a g + b (x - mean) + c per channel.
void gradApply(
    const ChannelGroup& group,
    const float* grad,
    const float* result,
    const float* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    float* dx);
// The same of pictures kept in bfloat16; sums and statistics are float32.
void momentsOf(const ChannelGroup& group, const BFloat16* x, float* mean, float* squares);
void scaleShift(
    const ChannelGroup& group, const BFloat16* x, const float* factor, const float* offset, bool isRelu, BFloat16* y);
void gradSums(
    const ChannelGroup& group,
    const BFloat16* grad,
    const BFloat16* result,
    const BFloat16* x,
    const float* mean,
    float* sums,
    float* products);
void gradApply(
    const ChannelGroup& group,
    const BFloat16* grad,
    const BFloat16* result,
    const BFloat16* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    BFloat16* dx);

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
