#pragma once

#include <array>
#include <cstdint>

namespace ty::engine::loops {

/// A convolution of pictures in blocks of 16 channels, {N, C / 16, H, W, 16}, with a weight {K / 16, C / 16, kernel height,
/// kernel width, 16 of C, 16 of K}.
struct BlockedConvolution {
    std::int64_t images = 1;
    std::int64_t channels = 16; ///< a multiple of 16
    std::int64_t filters = 16;  ///< a multiple of 16
    std::array<std::int64_t, 2> src{};    ///< height, width
    std::array<std::int64_t, 2> dst{};
    std::array<std::int64_t, 2> kernel{};
    std::array<std::int64_t, 2> stride{1, 1};
    std::array<std::int64_t, 2> padding{}; ///< top, left

    std::int64_t channelBlocks() const { return channels / 16; }
    /// Two blocks of filters at once, the last one may be alone.
    std::int64_t filterPairs() const { return (filters / 16 + 1) / 2; }
    /// Parts of the weight that are computed alone: a pair of blocks of filters with a block of channels.
    std::int64_t parts() const { return filterPairs() * channelBlocks(); }
};

/// Parts [begin, end) of the weight's gradient, counted by pair of blocks of filters, then of channels, straight from its
/// definition. Each part is one sum over all pixels in their order, whoever else works on other parts.
void directWeightGrad(
    const BlockedConvolution& convolution,
    const float* x,
    const float* dy,
    std::int64_t begin,
    std::int64_t end,
    float* weightGrad);

} // namespace ty::engine::loops
