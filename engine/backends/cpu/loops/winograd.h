#pragma once

#include <cstdint>

#include "engine/backends/cpu/loops/bfloat16.h"

// Convolutions with windows of 3 x 3 and padding 1 by Winograd's F(4 x 4, 3 x 3): a tile of 4 x 4 results comes from 6 x 6
// values by 36 products instead of 144, and so does the weight's gradient, by the adjoint. With stride 2 the odd rows
// (columns) meet two places of the window, F(4, 2) with 5 products, and the even ones a single place, 4 products: 81 in all.
// Pictures lie in blocks of 16 channels, {N, C / 16, H, W, 16}, weights as {K / 16, C / 16, 3, 3, 16 of C, 16 of K}. Points
// 0, +-3/4, +-3/2 (stride 2: 0, +-3/4, 3/2) and infinity keep the error within three times that of the direct sum (the usual
// 0, +-1, +-2: eight times). Pictures may be in bfloat16, all else is float32. Single-threaded loops over ranges.
// Sources: Lavin, Gray (2016); Barabasz et al. (2020) on the choice of points.
namespace ty::engine::loops {

inline constexpr std::int64_t kWinogradTile = 4;
/// Transformed weights have so many points, whatever the stride.
inline constexpr std::int64_t kWinogradPoints = 36;
/// Tiles are transformed and multiplied in groups of this size; capacities are multiples of it.
inline constexpr std::int64_t kWinogradGroup = 8;

/// What is computed: a convolution of stride 1 or its input's gradient, which is one as well; of stride 2; or the gradient
/// of the latter's input.
enum class WinogradKind { Same, Strided, StridedGrad };

/// Values an axis of a transformed tile.
inline std::int64_t winogradSide(WinogradKind kind)
{
    return kind == WinogradKind::Same ? 6 : 9;
}

/// A batch of pictures.
struct WinogradPicture {
    std::int64_t images = 1;
    std::int64_t channels = 16; ///< a multiple of 16
    std::int64_t height = 1;
    std::int64_t width = 1;

    std::int64_t tileRows() const { return (height + kWinogradTile - 1) / kWinogradTile; }
    std::int64_t tileColumns() const { return (width + kWinogradTile - 1) / kWinogradTile; }
    std::int64_t tiles() const { return images * tileRows() * tileColumns(); }
};

/// Where a tile lies in the pictures of results (of stride 2: in the smaller ones). It has 4 x 4 pixels, or 3 an axis where
/// the picture is no multiple of 4; the last ones may reach beyond it.
struct WinogradPlace {
    std::int32_t image = 0;
    std::int32_t row = 0; ///< the first of the tile's own
    std::int32_t column = 0;
    std::int16_t rows = kWinogradTile; ///< 4 or 3
    std::int16_t columns = kWinogradTile;
};

/// Some tiles as they lie when transformed: {side x side, channels / 16, capacity, 16}, with a cache line between the
/// points, which would meet in the same cache set otherwise. Tiles of 3 need no products at infinity, so they are sorted:
/// full rows and short columns, full, short rows and full columns, short.
struct WinogradBlock {
    WinogradKind kind = WinogradKind::Same;
    const WinogradPlace* places = nullptr;
    std::int64_t count = 0;
    std::int64_t capacity = 0; ///< with room for a group that begins anywhere, unless all tiles are full
    std::int64_t ends[3] = {}; ///< of the sorts, each but the last
};

/// Some of the channels of a picture; both numbers are multiples of 16.
struct ChannelRange {
    std::int64_t first = 0;
    std::int64_t count = 16;
};

/// Whether this program and processor have vectors of 16 floats for these loops; others compute the same, much slower.
bool isWinogradWide();

/// Floats between two points of a block of tiles.
inline std::int64_t winogradTileStride(std::int64_t channels, std::int64_t capacity)
{
    return channels * capacity + 16;
}

/// Floats between two points of transformed weights, {36, to / 16, from, 16}.
inline std::int64_t winogradWeightStride(std::int64_t from, std::int64_t to)
{
    return from * to + 16;
}

/// A weight {filters, channels, 3, 3} that leads from channels to filters; turned, from filters to channels with the
/// window turned by 180 degrees.
struct WinogradWeight {
    const float* data = nullptr;
    std::int64_t filters = 16;
    std::int64_t channels = 16;
    bool isTurned = false;

    std::int64_t from() const { return isTurned ? filters : channels; }
    std::int64_t to() const { return isTurned ? channels : filters; }
};

/// Transforms (for stride 2, if `isStrided`) pairs [begin, end) of blocks of the part of a weight that leads from `from` to `to`, counted by block of
/// `to`, then of `from`. u {36, to.count / 16, from.count, 16}.
void winogradWeights(
    const WinogradWeight& weight,
    bool isStrided,
    const ChannelRange& from,
    const ChannelRange& to,
    std::int64_t begin,
    std::int64_t end,
    float* u);

/// v = the transformed neighbourhoods of the tiles in x; tiles of the last group that are not there become zero.
void winogradInput(
    const WinogradPicture& picture, const WinogradBlock& block, const float* x, float* v);
void winogradInput(
    const WinogradPicture& picture, const WinogradBlock& block, const BFloat16* x, float* v);

/// m = or += v times u, for each point: {tiles, from.count} x {from.count, to}. v has all `channels`, u only those of
/// `from`.
void winogradProduct(
    const WinogradBlock& block,
    std::int64_t channels,
    const ChannelRange& from,
    std::int64_t to,
    bool isFirst,
    const float* v,
    const float* u,
    float* m);

/// The channels `range` of y = the tiles of m, transformed back; m has only those, `bias` {channels} may be null.
void winogradOutput(
    const WinogradPicture& picture,
    const WinogradBlock& block,
    const ChannelRange& range,
    const float* m,
    const float* bias,
    bool isRelu,
    float* y);
void winogradOutput(
    const WinogradPicture& picture,
    const WinogradBlock& block,
    const ChannelRange& range,
    const float* m,
    const float* bias,
    bool isRelu,
    BFloat16* y);

/// w = the tiles of dy under the adjoint of winogradOutput. `total` {channels} += the sum of each channel, if not null.
void winogradGrad(
    const WinogradPicture& picture, const WinogradBlock& block, const float* dy, float* total, float* w);
void winogradGrad(
    const WinogradPicture& picture, const WinogradBlock& block, const BFloat16* dy, float* total, float* w);

/// The part of a weight's gradient that leads from `channels` to `filters`, of so many as the pictures have.
struct WinogradWeightPart {
    std::int64_t allChannels = 16;
    std::int64_t allFilters = 16;
    ChannelRange channels;
    ChannelRange filters;
};

/// du = or += v^T w, for each point: {channels, tiles} x {tiles, filters}, as {36, filters / 16, channels, 16} of the part.
/// v and w have all channels and filters.
void winogradWeightProduct(
    const WinogradBlock& block,
    const WinogradWeightPart& part,
    bool isFirst,
    const float* v,
    const float* w,
    float* du);

/// Rows [begin, end) of a part of the weight's gradient, counted by block of filters, then by channel, from the sum of
/// `shares` arrays du that begin `shareStride` floats apart; added in their order. `weightGrad` is the whole weight's.
void winogradWeightGrad(
    const float* du,
    std::int64_t shareStride,
    int shares,
    const WinogradWeightPart& part,
    bool isStrided,
    std::int64_t begin,
    std::int64_t end,
    float* weightGrad);

} // namespace ty::engine::loops
