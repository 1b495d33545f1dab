#include "engine/backends/cpu/loops/winograd.h"

#include "engine/backends/cpu/loops/channel_vector.h"

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
        for (int c = 0; c < kLanes; ++c) {
            Vec row[Blocks];
            TY_UNROLL
            for (int b = 0; b < Blocks; ++b) {
                row[b] = at(weights + b * kLanes * from + c * kLanes);
            }
            TY_UNROLL
            for (int t = 0; t < Tiles; ++t) {
                TY_UNROLL
                for (int b = 0; b < Blocks; ++b) {
                    sums[t][b] += tiles[t * kLanes + c] * row[b];
                }
            }
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

/// Rows x (16 Blocks) products of one point, summed over `count` tiles. `w` and `du` at the first block of filters.
template<int Rows, int Blocks>
TY_INLINE void multiplyRows(
    const float* v,
    const float* w,
    std::int64_t wBlock,
    std::int64_t count,
    bool isFirst,
    float* du,
    std::int64_t duBlock)
{
    Vec sums[Rows][Blocks] = {};
    for (std::int64_t tile = 0; tile < count; ++tile) {
        Vec row[Blocks];
        TY_UNROLL
        for (int b = 0; b < Blocks; ++b) {
            row[b] = at(w + b * wBlock + tile * kLanes);
        }
        TY_UNROLL
        for (int c = 0; c < Rows; ++c) {
            TY_UNROLL
            for (int b = 0; b < Blocks; ++b) {
                sums[c][b] += v[tile * kLanes + c] * row[b];
            }
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
    const std::int64_t perBlock = block.capacity * kLanes;
    const std::int64_t vStride = channels * block.capacity + kLanes;
    const std::int64_t mStride = to * block.capacity + kLanes;
    const std::int64_t uStride = from.count * to + kLanes;
    const std::int64_t rounded = (block.count + kWinogradGroup - 1) / kWinogradGroup * kWinogradGroup;
    const std::int64_t results = to / kLanes;
    for (std::int64_t point = 0; point < kWinogradPoints; ++point) {
        const float* tiles = v + point * vStride + from.first / kLanes * perBlock;
        std::int64_t b = 0;
        for (; b + 2 <= results; b += 2) {
            const float* weights = u + point * uStride + b * from.count * kLanes;
            float* sums = m + point * mStride + b * perBlock;
            for (std::int64_t tile = 0; tile < rounded; tile += 8) {
                const std::int64_t offset = tile * kLanes;
                multiplyTiles<8, 2>(tiles + offset, perBlock, weights, from.count, isFirst, sums + offset, perBlock);
            }
        }
        if (b < results) {
            const float* weights = u + point * uStride + b * from.count * kLanes;
            float* sums = m + point * mStride + b * perBlock;
            std::int64_t tile = 0;
            for (; tile + 16 <= rounded; tile += 16) {
                const std::int64_t offset = tile * kLanes;
                multiplyTiles<16, 1>(tiles + offset, perBlock, weights, from.count, isFirst, sums + offset, perBlock);
            }
            if (tile < rounded) {
                const std::int64_t offset = tile * kLanes;
                multiplyTiles<8, 1>(tiles + offset, perBlock, weights, from.count, isFirst, sums + offset, perBlock);
            }
        }
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
    const std::int64_t duBlock = channels * kLanes;
    const std::int64_t filterBlocks = filters / kLanes;
    for (std::int64_t point = 0; point < kWinogradPoints; ++point) {
        for (std::int64_t c = 0; c < channels / kLanes; ++c) {
            const float* tiles = v + point * vStride + (part.channels.first / kLanes + c) * perBlock;
            float* rows = du + point * duStride + c * kLanes * kLanes;
            const float* grads = w + point * wStride + part.filters.first / kLanes * perBlock;
            std::int64_t b = 0;
            for (; b + 2 <= filterBlocks; b += 2) {
                const float* columns = grads + b * perBlock;
                float* sums = rows + b * duBlock;
                multiplyRows<8, 2>(tiles, columns, perBlock, block.count, isFirst, sums, duBlock);
                multiplyRows<8, 2>(tiles + 8, columns, perBlock, block.count, isFirst, sums + 8 * kLanes, duBlock);
            }
            if (b < filterBlocks) {
                multiplyRows<16, 1>(
                    tiles, grads + b * perBlock, perBlock, block.count, isFirst, rows + b * duBlock, duBlock);
            }
        }
    }
}

} // namespace ty::engine::loops
