#include "engine/backends/cpu/kernels/winograd_kernels.h"

#include <algorithm>
#include <memory>

#include "engine/backends/cpu/kernels/winograd_parts.h"
#include "engine/backends/cpu/kernels/winograd_tiling.h"
#include "engine/backends/cpu/loops/winograd.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/backends/cpu/winograd_rule.h"

namespace ty::engine::kernels {

namespace {

using loops::kWinogradPoints;
using loops::WinogradBlock;
using loops::WinogradKind;
using loops::WinogradPicture;
using loops::WinogradWeightPart;

/// Pairs of blocks of weights below which a second thread does not pay.
constexpr std::int64_t kPairGrain = 16;
/// Rows of a weight's gradient, likewise.
constexpr std::int64_t kRowGrain = 256;

/// Tiles transformed at once: of stride 2 each has 81 values.
std::int64_t tilesAtOnce(WinogradKind kind)
{
    return kind == WinogradKind::Same ? 32 : 16;
}

/// Fewer where they would push the weight, or each other, out of a core's cache.
std::int64_t tilesBesideWeight(const WinogradPass& pass)
{
    constexpr std::int64_t kFewChannels = 96;
    const std::int64_t all = tilesAtOnce(pass.kind);
    return pass.src.channels + pass.dst.channels <= kFewChannels ? all : all / 2;
}

Kernel convolve(KernelBuilder& builder, const WinogradPass& pass)
{
    if (isWinogradByParts(pass.src.channels, pass.dst.channels)) {
        return winogradByParts(builder, pass);
    }
    const std::int64_t from = pass.src.channels;
    const std::int64_t to = pass.dst.channels;
    const auto tiles
        = std::make_shared<const WinogradTiling>(
            pass.kind, pass.results(), tilesBesideWeight(pass), builder.threads());
    const std::int64_t vFloats = tiles->floats(from);
    const std::int64_t mFloats = tiles->floats(to);
    const std::int64_t uFloats = kWinogradPoints * loops::winogradWeightStride(from, to);
    KernelParts parts;
    parts.shares = tiles->shares();
    parts.scratchBytes = static_cast<std::size_t>(uFloats + tiles->shares() * (vFloats + mFloats)) * sizeof(float);
    builder.wishScratch(parts.scratchBytes);

    const auto left
        = std::make_shared<SharedUnits>(static_cast<std::int64_t>(tiles->blocks().size()), tiles->shares());
    parts.begin = [=, threads = builder.threads()](const RunContext& context) {
        float* u = reinterpret_cast<float*>(context.scratch);
        parallelRanges(threads, from / 16 * (to / 16), kPairGrain, [&](std::int64_t begin, std::int64_t end) {
            loops::winogradWeights(pass.weight, pass.isStrided(), {0, from}, {0, to}, begin, end, u);
        });
        left->restart();
    };
    parts.work = [=](const RunContext& context, int share) {
        float* u = reinterpret_cast<float*>(context.scratch);
        float* v = u + uFloats + share * (vFloats + mFloats);
        float* m = v + vFloats;
        for (UnitRange unit = left->take(share, 1); unit.count > 0; unit = left->take(share, 1)) {
            const WinogradBlock& block = tiles->blocks()[static_cast<std::size_t>(unit.begin)];
            pass.transformInput(block, v);
            loops::winogradProduct(block, from, {0, from}, to, true, v, u, m);
            pass.transformOutput(block, {0, to}, m);
        }
    };
    return parts;
}

} // namespace

Kernel winogradConv2d(KernelBuilder& builder, const Node& node)
{
    WinogradPass pass;
    pass.kind = isWinogradStrided(node) ? WinogradKind::Strided : WinogradKind::Same;
    pass.x = {builder, node.inputs[0]};
    pass.weight = {
        builder.data(node.inputs[1]), builder.value(node.outputs[0]).shape[1], builder.value(node.inputs[0]).shape[1], false};
    pass.bias = node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr;
    pass.y = {builder, node.outputs[0]};
    pass.src = winogradPictureOf(builder.value(node.inputs[0]));
    pass.dst = winogradPictureOf(builder.value(node.outputs[0]));
    pass.activation = node.as<ConvolutionAttributes>().activation;
    return convolve(builder, pass);
}

Kernel winogradInputGrad(KernelBuilder& builder, const Node& node)
{
    WinogradPass pass;
    pass.kind = isWinogradStrided(node) ? WinogradKind::StridedGrad : WinogradKind::Same;
    pass.x = {builder, node.inputs[0]};
    pass.weight = {
        builder.data(node.inputs[1]), builder.value(node.inputs[0]).shape[1], builder.value(node.outputs[0]).shape[1], true};
    pass.y = {builder, node.outputs[0]};
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
    const bool isStrided = isWinogradStrided(node);
    const std::int64_t mostByParts = isStrided ? kWinogradMostTilesByParts / 2 : kWinogradMostTilesByParts;
    if (isWinogradByParts(channels, filters) && dst.tiles() <= mostByParts) {
        return winogradWeightGradByParts(builder, node);
    }
    const auto kind = isStrided ? WinogradKind::Strided : WinogradKind::Same;
    const auto tiles = std::make_shared<const WinogradTiling>(kind, dst, tilesAtOnce(kind), builder.threads());
    const WinogradWeightPart whole{channels, filters, {0, channels}, {0, filters}};
    const std::int64_t vFloats = tiles->floats(channels);
    const std::int64_t wFloats = tiles->floats(filters);
    const std::int64_t duFloats = kWinogradPoints * loops::winogradWeightStride(channels, filters);
    const std::int64_t shareFloats = duFloats + filters + vFloats + wFloats;
    KernelParts parts;
    parts.shares = tiles->shares();
    parts.scratchBytes = static_cast<std::size_t>(tiles->shares() * shareFloats) * sizeof(float);
    builder.wishScratch(parts.scratchBytes);

    const WinogradPixels dy(builder, node.inputs[0]);
    const WinogradPixels x(builder, node.inputs[1]);
    float* weightGrad = builder.data(node.outputs[0]);
    float* biasGrad = node.as<ConvolutionAttributes>().hasBiasGrad ? builder.data(node.outputs[1]) : nullptr;
    parts.work = [=](const RunContext& context, int share) {
        float* sums = reinterpret_cast<float*>(context.scratch) + share * shareFloats;
        float* biasSums = biasGrad != nullptr ? sums + duFloats : nullptr;
        float* v = sums + duFloats + filters;
        float* w = v + vFloats;
        bool isFirst = true;
        if (biasSums != nullptr) {
            std::fill(biasSums, biasSums + filters, 0.0F);
        }
        for (const WinogradBlock& block : tiles->blocks(share)) {
            x.visit([&](const auto* pixels) { loops::winogradInput(src, block, pixels, v); });
            dy.visit([&](const auto* pixels) { loops::winogradGrad(dst, block, pixels, biasSums, w); });
            loops::winogradWeightProduct(block, whole, isFirst, v, w, sums);
            isFirst = false;
        }
    };
    parts.end = [=, threads = builder.threads()](const RunContext& context) {
        const float* du = reinterpret_cast<const float*>(context.scratch);
        parallelRanges(threads, filters / 16 * channels, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
            loops::winogradWeightGrad(du, shareFloats, tiles->shares(), whole, isStrided, begin, end, weightGrad);
        });
        for (std::int64_t c = 0; biasGrad != nullptr && c < filters; ++c) {
            biasGrad[c] = 0;
            for (int share = 0; share < tiles->shares(); ++share) {
                biasGrad[c] += du[share * shareFloats + duFloats + c];
            }
        }
    };
    return parts;
}

} // namespace ty::engine::kernels
