#pragma once

#include <cstdint>

#include "engine/backends/cpu/loops/pair_split.h"

// Products of matrices with seven multiplications of their quarters instead of eight, in Winograd's form with 15 sums, for
// convolutions of one pixel. Pictures lie in blocks of 16 channels, {N, C / 16, H, W, 16}, weights as {K / 16, C / 16, 16 of
// C, 16 of K}. A picture is quartered by image (of each pair of images one is above, one below) and by halves of its
// channels, a weight by halves of both. Sums of products are made in registers: four quarters of the result leave them. The
// error is two to three times that of the direct sum. Single-threaded loops over ranges.
// Sources: Strassen (1969); Winograd (1971); Huang et al. (2016) on sums that are made on the way.
namespace ty::engine::loops {

/// Pairs of pixels multiplied at once.
inline constexpr std::int64_t kStrassenRows = 14;
/// Blocks of results, of each half, multiplied at once.
inline constexpr std::int64_t kStrassenColumnBlocks = 2;

/// A weight {filters, channels}, which leads from channels to filters; turned, from filters to channels. Both are
/// multiples of 64.
struct StrassenWeight {
    const float* data = nullptr;
    std::int64_t filters = 64;
    std::int64_t channels = 64;
    bool isTurned = false;

    std::int64_t halfFrom() const { return (isTurned ? filters : channels) / 32; } ///< in blocks
    std::int64_t halfTo() const { return (isTurned ? channels : filters) / 32; }
};

/// What the seven products read of some blocks of a weight's results: planes {count, halfFrom, 16, 16}.
struct SplitWeight {
    const float* planes = nullptr;
    std::int64_t planeStride = 0;
    std::int64_t columnStride = 0; ///< floats from a block of results to the next
};

/// Floats of the planes of `count` blocks of results (of each half).
std::int64_t splitWeightFloats(const StrassenWeight& weight, std::int64_t count);

/// Splits the blocks [begin, end) of results, of each half, into planes that begin with block `origin` and have room for
/// `count`.
SplitWeight splitWeight(
    const StrassenWeight& weight,
    std::int64_t begin,
    std::int64_t end,
    std::int64_t origin,
    std::int64_t count,
    float* planes);

/// Pixels that receive results.
struct PairTarget {
    float* data = nullptr; ///< the first block of results
    const std::int64_t* offsets = nullptr;
    std::int64_t other = 0;
    std::int64_t blockStride = 0;
    std::int64_t halfStride = 0; ///< floats from one half of the channels to the other
    /// Pictures like that of the results, or null: what is added to them; where they are cleared, because it is not above 0.
    const float* addend = nullptr;
    const float* mask = nullptr;

    /// On to a later block of results.
    void moveBy(std::int64_t blocks)
    {
        data += blocks * blockStride;
        addend = addend != nullptr ? addend + blocks * blockStride : nullptr;
        mask = mask != nullptr ? mask + blocks * blockStride : nullptr;
    }
};

/// y = pairs times weight, for `panels` times kStrassenColumnBlocks blocks of results of each half. Goes on with `next`,
/// pairs that are multiplied later, beside it, and finishes it.
void strassenMultiply(
    const SplitPairs& pairs, const SplitWeight& weight, std::int64_t panels, const PairTarget& y, PairSplit& next);

/// Adds the bias {results} to the results of `count` pairs and applies relu, where wanted; `bias` may be null.
void finishResults(
    const PairTarget& y, std::int64_t count, std::int64_t halfBlocks, const float* bias, bool isRelu);

/// A part of a weight's gradient: kStrassenColumnBlocks blocks of filters and some of channels, of each half.
struct StrassenPart {
    std::int64_t allChannels = 64;
    std::int64_t allFilters = 64;
    std::int64_t firstFilter = 0; ///< block of its half
    std::int64_t firstChannel = 0;
};

/// Pairs that are multiplied later and split beside products.
struct SplitsBeside {
    PairSplit channels; ///< of x
    PairSplit filters;  ///< of dy, for the next part
    std::int64_t channelSteps = 0; ///< beside kPairsBetweenSteps pairs of a product
    std::int64_t filterSteps = 0;
};
inline constexpr std::int64_t kPairsBetweenSteps = 16;

/// weightGrad = or += the part of x turned times dy, summed over the pairs. x has the part's blocks of channels, dy those of
/// filters; weightGrad is the whole weight's. Goes on with the splits beside it, and finishes that of filters.
void strassenWeightProduct(
    const SplitPairs& x, const SplitPairs& dy, const StrassenPart& part, bool isFirst, SplitsBeside& beside, float* weightGrad);

} // namespace ty::engine::loops
