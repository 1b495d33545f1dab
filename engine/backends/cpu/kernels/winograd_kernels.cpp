#include "engine/backends/cpu/kernels/winograd_kernels.h"

#include <algorithm>

#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/winograd.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

using loops::kWinogradGroup;
using loops::kWinogradPoints;
using loops::kWinogradTile;
using loops::WinogradBlock;
using loops::WinogradPicture;

WinogradPicture pictureOf(const Value& value)
{
    return {value.shape[0], value.shape[1], value.shape[2], value.shape[3]};
}

std::int64_t groupsOf(std::int64_t tiles)
{
    return (tiles + kWinogradGroup - 1) / kWinogradGroup;
}

/// How the tiles of a pass go over the threads, and over the blocks that a thread transforms at once.
struct TileShares {
    std::int64_t tiles = 0;
    std::int64_t capacity = 0;
    int shares = 1;

    TileShares(std::int64_t allTiles, std::int64_t tilesAtOnce, int threads)
        : tiles(allTiles), shares(static_cast<int>(std::min<std::int64_t>(threads, groupsOf(allTiles))))
    {
        const std::int64_t largest = (groupsOf(tiles) + shares - 1) / shares * kWinogradGroup;
        capacity = std::min(tilesAtOnce, largest);
    }

    /// Calls work(block) for the blocks of a share in their order.
    template<typename Work>
    void forBlocks(int share, const Work& work) const
    {
        const std::int64_t groups = groupsOf(tiles);
        const std::int64_t begin = groups * share / shares * kWinogradGroup;
        const std::int64_t end = std::min(tiles, groups * (share + 1) / shares * kWinogradGroup);
        for (std::int64_t first = begin; first < end; first += capacity) {
            work(WinogradBlock{first, std::min(capacity, end - first), capacity});
        }
    }
};

/// Pairs of blocks of weights below which a second thread does not pay.
constexpr std::int64_t kPairGrain = 16;
/// Rows of a weight's gradient, likewise.
constexpr std::int64_t kRowGrain = 256;

/// Those that the output's transform cannot apply on its way.
void activateTiles(
    const WinogradPicture& picture, const WinogradBlock& block, const Activation& activation, float* y)
{
    const std::int64_t columns = picture.tileColumns();
    for (std::int64_t tile = block.first; tile < block.first + block.count; ++tile) {
        const std::int64_t image = tile / (picture.tileRows() * columns);
        const std::int64_t row = tile / columns % picture.tileRows() * kWinogradTile;
        const std::int64_t column = tile % columns * kWinogradTile;
        const std::int64_t height = std::min(kWinogradTile, picture.height - row);
        const std::int64_t width = std::min(kWinogradTile, picture.width - column);
        for (std::int64_t c = 0; c < picture.channels / 16; ++c) {
            const std::int64_t plane = (image * (picture.channels / 16) + c) * picture.height;
            for (std::int64_t i = 0; i < height; ++i) {
                float* values = y + ((plane + row + i) * picture.width + column) * 16;
                loops::activate(activation, values, values, static_cast<std::size_t>(width * 16));
            }
        }
    }
}

struct Pass {
    const float* x = nullptr;
    const float* weight = nullptr; ///< {filters, channels}, whatever the direction
    const float* bias = nullptr;
    float* y = nullptr;
    WinogradPicture src;
    WinogradPicture dst;
    bool isTurned = false; ///< from filters to channels
    Activation activation;
};

/// Tiles transformed at once.
constexpr std::int64_t kTilesAtOnce = 32;

Kernel convolve(KernelBuilder& builder, const Pass& pass)
{
    const std::int64_t from = pass.src.channels;
    const std::int64_t to = pass.dst.channels;
    const TileShares tiles(pass.src.tiles(), kTilesAtOnce, builder.threads());
    const std::int64_t vFloats = kWinogradPoints * loops::winogradTileStride(from, tiles.capacity);
    const std::int64_t mFloats = kWinogradPoints * loops::winogradTileStride(to, tiles.capacity);
    const std::int64_t uFloats = kWinogradPoints * loops::winogradWeightStride(from, to);
    builder.wishScratch(static_cast<std::size_t>(uFloats + tiles.shares * (vFloats + mFloats)) * sizeof(float));

    const bool isRelu = pass.activation.kind == ActivationKind::Relu;
    const bool isOther = !isRelu && pass.activation.kind != ActivationKind::None;
    return [=, threads = builder.threads()](const RunContext& context) {
        float* u = reinterpret_cast<float*>(context.scratch);
        parallelRanges(threads, from / 16 * (to / 16), kPairGrain, [&](std::int64_t begin, std::int64_t end) {
            const std::int64_t filters = pass.isTurned ? from : to;
            const std::int64_t channels = pass.isTurned ? to : from;
            loops::winogradWeights(pass.weight, filters, channels, pass.isTurned, begin, end, u);
        });
        parallelShares(tiles.shares, [&](int share) {
            float* v = u + uFloats + share * (vFloats + mFloats);
            float* m = v + vFloats;
            tiles.forBlocks(share, [&](const WinogradBlock& block) {
                loops::winogradInput(pass.src, block, pass.x, false, v);
                loops::winogradProduct(block, from, to, v, u, m);
                loops::winogradOutput(pass.dst, block, m, pass.bias, isRelu, pass.y);
                if (isOther) {
                    activateTiles(pass.dst, block, pass.activation, pass.y);
                }
            });
        });
    };
}

} // namespace

Kernel winogradConv2d(KernelBuilder& builder, const Node& node)
{
    Pass pass;
    pass.x = builder.data(node.inputs[0]);
    pass.weight = builder.data(node.inputs[1]);
    pass.bias = node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr;
    pass.y = builder.data(node.outputs[0]);
    pass.src = pictureOf(builder.value(node.inputs[0]));
    pass.dst = pictureOf(builder.value(node.outputs[0]));
    pass.activation = node.as<ConvolutionAttributes>().activation;
    return convolve(builder, pass);
}

Kernel winogradInputGrad(KernelBuilder& builder, const Node& node)
{
    Pass pass;
    pass.x = builder.data(node.inputs[0]);
    pass.weight = builder.data(node.inputs[1]);
    pass.y = builder.data(node.outputs[0]);
    pass.src = pictureOf(builder.value(node.inputs[0]));
    pass.dst = pictureOf(builder.value(node.outputs[0]));
    pass.isTurned = true;
    return convolve(builder, pass);
}

Kernel winogradWeightGrad(KernelBuilder& builder, const Node& node)
{
    const WinogradPicture dst = pictureOf(builder.value(node.inputs[0]));
    const WinogradPicture src = pictureOf(builder.value(node.inputs[1]));
    const std::int64_t filters = dst.channels;
    const std::int64_t channels = src.channels;
    const TileShares tiles(src.tiles(), kTilesAtOnce, builder.threads());
    const std::int64_t vFloats = kWinogradPoints * loops::winogradTileStride(channels, tiles.capacity);
    const std::int64_t wFloats = kWinogradPoints * loops::winogradTileStride(filters, tiles.capacity);
    const std::int64_t duFloats = kWinogradPoints * loops::winogradWeightStride(channels, filters);
    const std::int64_t shareFloats = duFloats + filters + vFloats + wFloats;
    builder.wishScratch(static_cast<std::size_t>(tiles.shares * shareFloats) * sizeof(float));

    const float* dy = builder.data(node.inputs[0]);
    const float* x = builder.data(node.inputs[1]);
    float* weightGrad = builder.data(node.outputs[0]);
    float* biasGrad = node.as<ConvolutionAttributes>().hasBiasGrad ? builder.data(node.outputs[1]) : nullptr;
    return [=, threads = builder.threads()](const RunContext& context) {
        float* du = reinterpret_cast<float*>(context.scratch);
        parallelShares(tiles.shares, [&](int share) {
            float* sums = du + share * shareFloats;
            float* biasSums = biasGrad != nullptr ? sums + duFloats : nullptr;
            float* v = sums + duFloats + filters;
            float* w = v + vFloats;
            bool isFirst = true;
            if (biasSums != nullptr) {
                std::fill(biasSums, biasSums + filters, 0.0F);
            }
            tiles.forBlocks(share, [&](const WinogradBlock& block) {
                loops::winogradInput(src, block, x, true, v); // made long ago, on the way forwards
                loops::winogradGrad(dst, block, dy, biasSums, w);
                loops::winogradWeightProduct(block, channels, filters, isFirst, v, w, sums);
                isFirst = false;
            });
        });
        parallelRanges(threads, filters / 16 * channels, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
            loops::winogradWeightGrad(du, shareFloats, tiles.shares, filters, channels, begin, end, weightGrad);
        });
        for (std::int64_t c = 0; biasGrad != nullptr && c < filters; ++c) {
            biasGrad[c] = 0;
            for (int share = 0; share < tiles.shares; ++share) {
                biasGrad[c] += du[share * shareFloats + duFloats + c];
            }
        }
    };
}

} // namespace ty::engine::kernels
