#pragma once

#include <algorithm>
#include <cstdint>

// Convolutions of stride 2 with few channels and large windows (the first of most networks for photographs: 7 x 7 over three
// channels) by minimal filtering. Odd and even places of an axis of such a window are two windows of stride 1, of 4 and 3
// places, so there are four of them, over the four phases of the picture. For a tile of 4 x 4 results F(4 x 4, 4 x 4) needs
// 49 points; phases of 3 places need none at infinity, and all phases and channels are summed before the one transform back:
// 169 products a channel instead of 784. Points +-5/16, +-7/8, +-7/4 and infinity keep the largest error within three times
// that of the direct sum. Smaller windows (5, 6) are taken for 7 with zeros behind them.
// Pictures are plain, {N, C, H, W}, results in blocks of 16 channels, {N, K / 16, H, W, 16}, weights plain, {K, C, h, w}.
// Single-threaded loops over ranges. Source: Lavin, Gray (2016).
namespace ty::engine::loops {

inline constexpr std::int64_t kStridedWindowTile = 4; ///< results an axis
/// Tiles of a strip: so many, side by side in one picture, are transformed at once.
inline constexpr std::int64_t kStridedWindowStrip = 32;
/// Products a tile, channel and filter: 13 (7 points of one phase, 6 of the other) an axis.
inline constexpr std::int64_t kStridedWindowProducts = 169;
inline constexpr std::int64_t kStridedWindowMostChannels = 4;
/// Scratch of the loops over results and over their gradient.
inline constexpr std::int64_t kStridedWindowResultFloats = 7 * 4 * 16 * kStridedWindowStrip;
inline constexpr std::int64_t kStridedWindowGradFloats = 49 * 16 * (kStridedWindowStrip + 1);

/// Tiles side by side in one picture.
struct StridedWindowStrip {
    std::int64_t image = 0;
    std::int64_t row = 0; ///< of results, the first
    std::int64_t column = 0;
    std::int64_t tiles = 0;
    std::int64_t rows = 0; ///< of results that are there
    std::int64_t columns = 0;
};

/// A convolution of stride 2, its batch included.
struct StridedWindow {
    std::int64_t images = 1;
    std::int64_t channels = 3; ///< 1 to 4
    std::int64_t height = 1;
    std::int64_t width = 1;
    std::int64_t filters = 16; ///< a multiple of 16
    std::int64_t windowHeight = 7; ///< up to 7
    std::int64_t windowWidth = 7;
    std::int64_t top = 3; ///< padding
    std::int64_t left = 3;
    std::int64_t resultHeight = 1;
    std::int64_t resultWidth = 1;

    std::int64_t tileRows() const { return (resultHeight + kStridedWindowTile - 1) / kStridedWindowTile; }
    std::int64_t tileColumns() const { return (resultWidth + kStridedWindowTile - 1) / kStridedWindowTile; }
    std::int64_t stripsPerRow() const { return (tileColumns() + kStridedWindowStrip - 1) / kStridedWindowStrip; }
    /// Strips of the batch, by image, row of tiles, then from the left.
    std::int64_t strips() const { return images * tileRows() * stripsPerRow(); }
    StridedWindowStrip strip(std::int64_t index) const
    {
        const std::int64_t tileRow = index / stripsPerRow();
        const std::int64_t tile = index % stripsPerRow() * kStridedWindowStrip;
        StridedWindowStrip strip;
        strip.image = tileRow / tileRows();
        strip.row = tileRow % tileRows() * kStridedWindowTile;
        strip.column = tile * kStridedWindowTile;
        strip.tiles = std::min(kStridedWindowStrip, tileColumns() - tile);
        strip.rows = std::min(kStridedWindowTile, resultHeight - strip.row);
        strip.columns = std::min(strip.tiles * kStridedWindowTile, resultWidth - strip.column);
        return strip;
    }

    /// Floats of a strip and of the weight, transformed.
    std::int64_t inputFloats() const { return kStridedWindowProducts * channels * kStridedWindowStrip; }
    std::int64_t weightFloats() const { return kStridedWindowProducts * channels * filters; }
};

/// u = blocks [begin, end) of 16 filters of the weight, transformed: {filters / 16, 169 channels, 16}.
void stridedWindowWeights(
    const StridedWindow& window, const float* weight, std::int64_t begin, std::int64_t end, float* u);

/// v = what the tiles of a strip see of x, transformed: {169 channels, 32}; tiles that are not there have any values.
void stridedWindowInput(const StridedWindow& window, std::int64_t strip, const float* x, float* v);

/// y = the results of a strip from the transformed picture and weight. `bias` {filters} may be null. `scratch`:
/// kStridedWindowResultFloats.
void stridedWindowOutput(
    const StridedWindow& window,
    std::int64_t strip,
    const float* v,
    const float* u,
    const float* bias,
    bool isRelu,
    float* scratch,
    float* y);

/// du = or += the transformed gradient that a strip of dy gives the weight, as u lies. `total` {filters} += the sum of each
/// filter's dy, if not null. `scratch`: kStridedWindowGradFloats.
void stridedWindowWeightSums(
    const StridedWindow& window,
    std::int64_t strip,
    bool isFirst,
    const float* v,
    const float* dy,
    float* total,
    float* scratch,
    float* du);

/// Blocks [begin, end) of 16 filters of the weight's gradient, from the sum of `shares` arrays du that begin `shareStride`
/// floats apart; added in their order.
void stridedWindowWeightGrad(
    const StridedWindow& window,
    const float* du,
    std::int64_t shareStride,
    int shares,
    std::int64_t begin,
    std::int64_t end,
    float* weightGrad);

} // namespace ty::engine::loops
