#include "engine/backends/cpu/kernels/winograd_kernels.h"

#include <algorithm>

#include "engine/backends/cpu/kernels/winograd_parts.h"
#include "engine/backends/cpu/loops/winograd.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/backends/cpu/winograd_rule.h"

namespace ty::engine::kernels {

namespace {

using loops::kWinogradGroup;
using loops::kWinogradPoints;
using loops::WinogradBlock;
using loops::WinogradPicture;
using loops::WinogradWeightPart;

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

/// Tiles transformed at once.
constexpr std::int64_t kTilesAtOnce = 32;

Kernel convolve(KernelBuilder& builder, const WinogradPass& pass)
{
    if (isWinogradByParts(pass.src.channels, pass.dst.channels)) {
        return winogradByParts(builder, pass);
    }
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
            loops::winogradWeights(pass.weight, {0, from}, {0, to}, begin, end, u);
        });
        parallelShares(tiles.shares, [&](int share) {
            float* v = u + uFloats + share * (vFloats + mFloats);
            float* m = v + vFloats;
            tiles.forBlocks(share, [&](const WinogradBlock& block) {
                loops::winogradInput(pass.src, block, pass.x, false, v);
                loops::winogradProduct(block, from, {0, from}, to, true, v, u, m);
                loops::winogradOutput(pass.dst, block, {0, to}, m, pass.bias, isRelu, pass.y);
                if (isOther) {
                    activateWinogradTiles(pass.dst, block, {0, to}, pass.activation, pass.y);
                }
            });
        });
    };
}

} // namespace

Kernel winogradConv2d(KernelBuilder& builder, const Node& node)
{
    WinogradPass pass;
    pass.x = builder.data(node.inputs[0]);
    pass.weight = {
        builder.data(node.inputs[1]), builder.value(node.outputs[0]).shape[1], builder.value(node.inputs[0]).shape[1], false};
    pass.bias = node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr;
    pass.y = builder.data(node.outputs[0]);
    pass.src = winogradPictureOf(builder.value(node.inputs[0]));
    pass.dst = winogradPictureOf(builder.value(node.outputs[0]));
    pass.activation = node.as<ConvolutionAttributes>().activation;
    return convolve(builder, pass);
}

Kernel winogradInputGrad(KernelBuilder& builder, const Node& node)
{
    WinogradPass pass;
    pass.x = builder.data(node.inputs[0]);
    pass.weight = {
        builder.data(node.inputs[1]), builder.value(node.inputs[0]).shape[1], builder.value(node.outputs[0]).shape[1], true};
    pass.y = builder.data(node.outputs[0]);
    pass.src = winogradPictureOf(builder.value(node.inputs[0]));
    pass.dst = winogradPictureOf(builder.value(node.outputs[0]));
    return convolve(builder, pass);
}

Kernel winogradWeightGrad(KernelBuilder& builder, const Node& node)
{
    const WinogradPicture dst = winogradPictureOf(builder.value(node.inputs[0]));
    const WinogradPicture src = winogradPictureOf(builder.value(node.inputs[1]));
    const std::int64_t filters = dst.channels;
    const std::int64_t channels = src.channels;
    if (isWinogradByParts(channels, filters) && src.tiles() <= kWinogradMostTilesByParts) {
        return winogradWeightGradByParts(builder, node);
    }
    const TileShares tiles(src.tiles(), kTilesAtOnce, builder.threads());
    const WinogradWeightPart whole{channels, filters, {0, channels}, {0, filters}};
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
                loops::winogradWeightProduct(block, whole, isFirst, v, w, sums);
                isFirst = false;
            });
        });
        parallelRanges(threads, filters / 16 * channels, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
            loops::winogradWeightGrad(du, shareFloats, tiles.shares, whole, begin, end, weightGrad);
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
