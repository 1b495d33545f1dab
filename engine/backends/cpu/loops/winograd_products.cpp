#include "engine/backends/cpu/loops/winograd.h"

#include "engine/backends/cpu/loops/channel_vector.h"
#include "engine/backends/cpu/loops/outer_product.h"

namespace ty::engine::loops {

namespace {

/// Tiles x (16 Blocks) results of one point, to be kept or added. `v` at the first tile: blocks of channels are `vBlock` floats apart; `u` at
/// the first block of results: they are 16 `from` floats apart.
template<int Tiles, int Blocks>
TY_INLINE void multiplyTiles(
    const float* v,
    std::int64_t vBlock,
    const float* u,
    std::int64_t from,
    bool isFirst,
    float* m,
    std::int64_t mBlock)
{
    Vec sums[Tiles][Blocks] = {};
    for (std::int64_t block = 0; block < from / kLanes; ++block) {
        const float* tiles = v + block * vBlock;
        const float* weights = u + block * kLanes * kLanes;
        const float* again = disguised(tiles);
        TY_UNROLL
        for (int c = 0; c < kLanes; ++c) {
            Vec row[Blocks];
            TY_UNROLL
            for (int b = 0; b < Blocks; ++b) {
                row[b] = at(weights + b * kLanes * from + c * kLanes);
            }
            addOuterProduct<Tiles / 2>(tiles + c, again + c, kLanes, row, sums);
        }
    }
    TY_UNROLL
    for (int t = 0; t < Tiles; ++t) {
        TY_UNROLL
        for (int b = 0; b < Blocks; ++b) {
            float* place = m + b * mBlock + t * kLanes;
            at(place) = isFirst ? sums[t][b] : at(place) + sums[t][b];
        }
    }
}

/// Where some tiles of one point lie in the transformed pictures v and w.
struct Segment {
    const float* v = nullptr; ///< of the first block of channels
    const float* w = nullptr;
    std::int64_t count = 0;
};

/// Rows x (16 Blocks) products of one point, summed over the tiles of the segments, `vOffset` and `wOffset` floats on.
/// IsSingle: of one segment.
template<int Rows, int Blocks, bool IsSingle>
TY_INLINE void multiplyRows(
    const Segment* segments,
    int segmentCount,
    std::int64_t vOffset,
    std::int64_t wOffset,
    std::int64_t wBlock,
    bool isFirst,
    float* du,
    std::int64_t duBlock)
{
    Vec sums[Rows][Blocks] = {};
    for (int segment = 0; segment < (IsSingle ? 1 : segmentCount); ++segment) {
        const float* v = segments[segment].v + vOffset;
        const float* w = segments[segment].w + wOffset;
        const float* again = disguised(v);
        TY_UNROLL_BY_4
        for (std::int64_t tile = 0; tile < segments[segment].count; ++tile) {
            Vec row[Blocks];
            TY_UNROLL
            for (int b = 0; b < Blocks; ++b) {
                row[b] = at(w + b * wBlock + tile * kLanes);
            }
            addOuterProduct<Rows / 2>(v + tile * kLanes, again + tile * kLanes, 1, row, sums);
        }
    }
    TY_UNROLL
    for (int c = 0; c < Rows; ++c) {
        TY_UNROLL
        for (int b = 0; b < Blocks; ++b) {
            float* place = du + b * duBlock + c * kLanes;
            at(place) = isFirst ? sums[c][b] : at(place) + sums[c][b];
        }
    }
}

/// All products of one point of a part, {filters / 16, channels, 16}.
template<bool IsSingle>
TY_INLINE void multiplyPoint(
    const Segment* segments,
    int count,
    const WinogradWeightPart& part,
    std::int64_t perBlock,
    bool isFirst,
    float* du)
{
    const std::int64_t duBlock = part.channels.count * kLanes;
    const std::int64_t filterBlocks = part.filters.count / kLanes;
    const std::int64_t wOffset = part.filters.first / kLanes * perBlock;
    for (std::int64_t c = 0; c < part.channels.count / kLanes; ++c) {
        const std::int64_t vOffset = (part.channels.first / kLanes + c) * perBlock;
        float* rows = du + c * kLanes * kLanes;
        std::int64_t b = 0;
        for (; b + 2 <= filterBlocks; b += 2) {
            float* sums = rows + b * duBlock;
            const std::int64_t columns = wOffset + b * perBlock;
            multiplyRows<8, 2, IsSingle>(segments, count, vOffset, columns, perBlock, isFirst, sums, duBlock);
            multiplyRows<8, 2, IsSingle>(
                segments, count, vOffset + 8, columns, perBlock, isFirst, sums + 8 * kLanes, duBlock);
        }
        if (b < filterBlocks) {
            const std::int64_t columns = wOffset + b * perBlock;
            multiplyRows<16, 1, IsSingle>(
                segments, count, vOffset, columns, perBlock, isFirst, rows + b * duBlock, duBlock);
        }
    }
}

/// Tiles [begin, end) of a block.
struct TileRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// Whether place i of an axis of a transformed tile is needed by tiles of four alone.
TY_INLINE bool isForFullTiles(WinogradKind kind, std::int64_t i)
{
    return kind == WinogradKind::Same ? i == 5 : i == 4 || i == 8;
}

/// Whether all tiles are of four.
TY_INLINE bool isFull(const WinogradBlock& block)
{
    return block.ends[0] == 0 && block.ends[1] == block.count;
}

/// The tiles that need point (row, column).
TY_INLINE TileRange tilesOf(const WinogradBlock& block, std::int64_t row, std::int64_t column)
{
    if (isFull(block)) {
        return {0, block.count};
    }
    return {
        isForFullTiles(block.kind, column) ? block.ends[0] : 0,
        isForFullTiles(block.kind, row)
            ? block.ends[1]
            : (isForFullTiles(block.kind, column) ? block.ends[2] : block.count)};
}

/// Of stride 2, the place of an axis of the weight that place i of a tile's is multiplied with.
TY_INLINE std::int64_t weightPlaceOf(std::int64_t i)
{
    return i < 5 ? i : 5;
}

/// Places [begin, end) of an axis of a tile that are multiplied with place i of the weight's.
TY_INLINE TileRange placesOf(WinogradKind kind, std::int64_t i)
{
    return {i, kind == WinogradKind::Same || i < 5 ? i + 1 : 9};
}

/// IsPlain: of stride 1, all tiles full.
template<bool IsPlain>
TY_INLINE void multiplyBlock(
    const WinogradBlock& block,
    std::int64_t channels,
    const ChannelRange& from,
    std::int64_t to,
    bool isFirst,
    const float* v,
    const float* u,
    float* m)
{
    const std::int64_t perBlock = block.capacity * kLanes;
    const std::int64_t vStride = channels * block.capacity + kLanes;
    const std::int64_t mStride = to * block.capacity + kLanes;
    const std::int64_t uStride = from.count * to + kLanes;
    const std::int64_t results = to / kLanes;
    const std::int64_t side = IsPlain || block.kind == WinogradKind::Same ? 6 : 9;
    std::int64_t row = 0;
    std::int64_t column = -1;
    for (std::int64_t point = 0; point < side * side; ++point) {
        if (++column == side) {
            column = 0;
            ++row;
        }
        const TileRange range = IsPlain ? TileRange{0, block.count} : tilesOf(block, row, column);
        const std::int64_t uPoint = IsPlain || block.kind == WinogradKind::Same
            ? point
            : weightPlaceOf(row) * 6 + weightPlaceOf(column);
        const float* tiles = v + point * vStride + from.first / kLanes * perBlock;
        std::int64_t b = 0;
        for (; b + 2 <= results; b += 2) {
            const float* weights = u + uPoint * uStride + b * from.count * kLanes;
            float* sums = m + point * mStride + b * perBlock;
            for (std::int64_t tile = range.begin; tile < range.end; tile += 8) {
                const std::int64_t offset = tile * kLanes;
                multiplyTiles<8, 2>(tiles + offset, perBlock, weights, from.count, isFirst, sums + offset, perBlock);
            }
        }
        if (b < results) {
            const float* weights = u + uPoint * uStride + b * from.count * kLanes;
            float* sums = m + point * mStride + b * perBlock;
            std::int64_t tile = range.begin;
            for (; tile + 8 < range.end; tile += 16) {
                const std::int64_t offset = tile * kLanes;
                multiplyTiles<16, 1>(tiles + offset, perBlock, weights, from.count, isFirst, sums + offset, perBlock);
            }
            if (tile < range.end) {
                const std::int64_t offset = tile * kLanes;
                multiplyTiles<8, 1>(tiles + offset, perBlock, weights, from.count, isFirst, sums + offset, perBlock);
            }
        }
    }
}

} // namespace

TY_CLONES
void winogradProduct(
    const WinogradBlock& block,
    std::int64_t channels,
    const ChannelRange& from,
    std::int64_t to,
    bool isFirst,
    const float* v,
    const float* u,
    float* m)
{
    if (block.kind == WinogradKind::Same && isFull(block)) {
        multiplyBlock<true>(block, channels, from, to, isFirst, v, u, m);
    } else {
        multiplyBlock<false>(block, channels, from, to, isFirst, v, u, m);
    }
}

TY_CLONES
void winogradWeightProduct(
    const WinogradBlock& block,
    const WinogradWeightPart& part,
    bool isFirst,
    const float* v,
    const float* w,
    float* du)
{
    const std::int64_t channels = part.channels.count;
    const std::int64_t filters = part.filters.count;
    const std::int64_t perBlock = block.capacity * kLanes;
    const std::int64_t vStride = part.allChannels * block.capacity + kLanes;
    const std::int64_t wStride = part.allFilters * block.capacity + kLanes;
    const std::int64_t duStride = channels * filters + kLanes;
    if (block.kind == WinogradKind::Same && isFull(block)) {
        for (std::int64_t point = 0; point < kWinogradPoints; ++point) {
            const Segment all{v + point * vStride, w + point * wStride, block.count};
            multiplyPoint<true>(&all, 1, part, perBlock, isFirst, du + point * duStride);
        }
        return;
    }
    const std::int64_t side = block.kind == WinogradKind::Same ? 6 : 9;
    for (std::int64_t point = 0; point < kWinogradPoints; ++point) {
        Segment segments[16];
        int count = 0;
        const TileRange rowRange = placesOf(block.kind, point / 6);
        const TileRange columnRange = placesOf(block.kind, point % 6);
        for (std::int64_t row = rowRange.begin; row < rowRange.end; ++row) {
            for (std::int64_t column = columnRange.begin; column < columnRange.end; ++column) {
                const TileRange range = tilesOf(block, row, column);
                if (range.begin < range.end) {
                    const std::int64_t place = row * side + column;
                    segments[count++] = {
                        v + place * vStride + range.begin * kLanes,
                        w + place * wStride + range.begin * kLanes,
                        range.end - range.begin};
                }
            }
        }
        float* result = du + point * duStride;
        if (count == 1) {
            multiplyPoint<true>(segments, count, part, perBlock, isFirst, result);
        } else if (count > 1) {
            multiplyPoint<false>(segments, count, part, perBlock, isFirst, result);
        } else if (isFirst) {
            for (std::int64_t row = 0; row < channels * filters / kLanes; ++row) {
                at(result + row * kLanes) = Vec{};
            }
        }
    }
}

} // namespace ty::engine::loops
