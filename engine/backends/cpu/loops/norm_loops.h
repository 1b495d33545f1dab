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
/// y = x factor + offset per channel, plus addend unless it is null, then relu if wanted.
void scaleShift(
    const ChannelGroup& group,
    const float* x,
    const float* factor,
    const float* offset,
    const float* addend,
    bool isRelu,
    float* y);
/// The same of blocks of 16 channels, past the caches: for a result that is larger than what a core's own cache keeps until
/// it is read, where areStoresPastCachesFaster(). Precondition: width 16, y on a cache line.
void scaleShiftPastCaches(
    const ChannelGroup& group,
    const float* x,
    const float* factor,
    const float* offset,
    const float* addend,
    bool isRelu,
    float* y);
/// Whether the processor fetches what a plain store of a whole line replaces, and so much slower that avoiding it pays.
bool areStoresPastCachesFaster();

/// Where a relu behind the normalisation let values through: where its result is above 0, or, which spares reading that,
/// where x factor + offset per channel is. All null: there was none.
template<typename T>
struct ReluMask {
    const T* result = nullptr;
    const float* factor = nullptr;
    const float* offset = nullptr;
};

/// sums[width] = sum of g and products[width] = sum of g (x - mean), where g is grad, or 0 where the mask is not.
void gradSums(
    const ChannelGroup& group,
    const float* grad,
    const ReluMask<float>& mask,
    const float* x,
    const float* mean,
    float* sums,
    float* products);
/// dx = a g + b (x - mean) + c per channel.
void gradApply(
    const ChannelGroup& group,
    const float* grad,
    const ReluMask<float>& mask,
    const float* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    float* dx);
// The same of pictures kept in bfloat16; sums and statistics are float32.
void momentsOf(const ChannelGroup& group, const BFloat16* x, float* mean, float* squares);
void scaleShift(
    const ChannelGroup& group,
    const BFloat16* x,
    const float* factor,
    const float* offset,
    const BFloat16* addend,
    bool isRelu,
    BFloat16* y);
void gradSums(
    const ChannelGroup& group,
    const BFloat16* grad,
    const ReluMask<BFloat16>& mask,
    const BFloat16* x,
    const float* mean,
    float* sums,
    float* products);
void gradApply(
    const ChannelGroup& group,
    const BFloat16* grad,
    const ReluMask<BFloat16>& mask,
    const BFloat16* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    BFloat16* dx);

} // namespace ty::engine::loops
