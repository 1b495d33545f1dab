#pragma once

#include <cstdint>

#include "engine/backends/cpu/loops/pair_split.h"

// Products of matrices with seven multiplications of their quarters instead of eight, in Winograd's form with 15 sums, for
// convolutions of one pixel and for plain matrices, whose rows are called pixels and whose columns channels. Pictures lie in
// blocks of 16 channels, {N, C / 16, H, W, 16}, their weights as {K / 16, C / 16, 16 of C, 16 of K}; matrices by rows. A
// picture is quartered by image (of each pair of images one is above, one below) and by halves of its channels, a matrix by
// rows (of each two neighbours one is above) and by blocks of 16 columns in turns; a weight by halves of both. Sums of
// products are made in registers: four quarters of the result leave them. The error is two to three times that of the
// direct sum. Single-threaded loops over ranges.
// Sources: Strassen (1969); Winograd (1971); Huang et al. (2016) on sums that are made on the way.
namespace ty::engine::loops {

/// Pairs of pixels multiplied at once.
inline constexpr std::int64_t kStrassenRows = 14;
/// Blocks of results, of each half, multiplied at once.
inline constexpr std::int64_t kStrassenColumnBlocks = 2;

/// A weight in blocks of 16 x 16, which leads from channels to results; both come in two halves.
struct StrassenWeight {
    const float* data = nullptr;
    std::int64_t halfFrom = 2; ///< blocks of channels of each half
    std::int64_t halfTo = 2;   ///< blocks of results of each half
    // Floats to the next block, to the other half, and from a row of a block to the next.
    std::int64_t fromStride = 0;
    std::int64_t toStride = 0;
    std::int64_t fromHalf = 0;
    std::int64_t toHalf = 0;
    std::int64_t rowStride = kLanes;
    bool isTurned = false; ///< a block's rows are results rather than channels

    /// A convolution's {filters, channels}, both multiples of 64; turned, it leads from filters to channels.
    static StrassenWeight ofConvolution(const float* data, std::int64_t filters, std::int64_t channels, bool isTurned);
    /// Of a matrix with rows of `rowStride` floats: {from, to}, or turned {to, from}, of which that many are taken, `from` a
    /// multiple of 32 and `to` of 64.
    static StrassenWeight
    ofMatrix(const float* data, std::int64_t from, std::int64_t to, std::int64_t rowStride, bool isTurned);
};

/// What the seven products read of some blocks of a weight's results: planes {count, halfFrom, 16, 16}.
struct SplitWeight {
    const float* planes = nullptr;
    std::int64_t planeStride = 0;
    std::int64_t columnStride = 0; ///< floats from a block of results to the next

    /// Where splitWeight puts `count` blocks of results, each from `halfFrom` blocks of channels of each half.
    static SplitWeight in(const float* planes, std::int64_t halfFrom, std::int64_t count)
    {
        const std::int64_t column = halfFrom * kLanes * kLanes;
        return {planes, count * column + kLanes, column};
    }
};

/// Floats of the planes of `count` blocks of results, each from `halfFrom` blocks of channels (of each half).
std::int64_t splitWeightFloats(std::int64_t halfFrom, std::int64_t count);

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
    /// A float for each result, or null, added to all pixels; its blocks and halves lie so far apart.
    const float* bias = nullptr;
    std::int64_t biasStride = kLanes;
    std::int64_t biasHalf = 0;
    bool isRelu = false;

    /// On to a later block of results.
    void moveBy(std::int64_t blocks)
    {
        data += blocks * blockStride;
        addend = addend != nullptr ? addend + blocks * blockStride : nullptr;
        mask = mask != nullptr ? mask + blocks * blockStride : nullptr;
        bias = bias != nullptr ? bias + blocks * biasStride : nullptr;
    }
};

/// y = pairs times weight, for `panels` times kStrassenColumnBlocks blocks of results of each half. Goes on with `next`,
/// pairs that are multiplied later, beside it, and finishes it. For a weight larger than a core's own cache, which is then
/// fetched beforehand: the planes that come after these, else null.
void strassenMultiply(
    const SplitPairs& pairs,
    const SplitWeight& weight,
    std::int64_t panels,
    const PairTarget& y,
    PairSplit& next,
    const float* nextWeights = nullptr);

/// A part of a weight's gradient: kStrassenColumnBlocks blocks of filters and some of channels, of each half.
struct StrassenPart {
    float* data = nullptr; ///< the first channel's first filter
    // Floats to the next channel of a block, block of channels, other half of the channels; and the same of the filters.
    std::int64_t rowStride = kLanes;
    std::int64_t channelStride = 0;
    std::int64_t channelHalf = 0;
    std::int64_t filterStride = 0;
    std::int64_t filterHalf = 0;
};

/// Pairs that are multiplied later and split beside products.
struct SplitsBeside {
    PairSplit channels; ///< of x
    PairSplit filters;  ///< of dy, for the next part
    std::int64_t channelSteps = 0; ///< beside kPairsBetweenSteps pairs of a product
    std::int64_t filterSteps = 0;
};
inline constexpr std::int64_t kPairsBetweenSteps = 16;

/// The part = or += x turned times dy, summed over the pairs. x has the part's blocks of channels, dy those of filters.
/// Goes on with the splits beside it, and finishes that of filters. `nextPlanes`: of what dy is next, where it lies ready
/// outside a core's own cache and is fetched beforehand; else null.
void strassenWeightProduct(
    const SplitPairs& x,
    const SplitPairs& dy,
    const StrassenPart& part,
    bool isFirst,
    SplitsBeside& beside,
    const float* nextPlanes = nullptr);

} // namespace ty::engine::loops
