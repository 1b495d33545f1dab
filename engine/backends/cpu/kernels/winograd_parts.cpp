#include "engine/backends/cpu/kernels/winograd_parts.h"

#include <algorithm>
#include <memory>

#include "engine/backends/cpu/kernels/winograd_tiling.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

using loops::ChannelRange;
using loops::kWinogradGroup;
using loops::kWinogradPoints;
using loops::WinogradBlock;
using loops::WinogradWeightPart;

/// Channels that a part of a weight leads to: two vectors, as the products are made for.
constexpr std::int64_t kToAtOnce = 32;
/// Channels that it comes from: 300 KB of transformed weights with kToAtOnce, beside as much of results.
constexpr std::int64_t kFromAtOnce = 64;
/// Tiles that a part of a weight serves before it is transformed again.
constexpr std::int64_t kTilesByParts = 128;
/// Likewise of stride 2, where a tile has 81 values.
constexpr std::int64_t kStridedTilesByParts = 64;

/// Groups of tiles that a thread transforms at once.
constexpr std::int64_t kGroupsAtOnce = 2;

/// Part `index` of `all` channels, `each` at once.
ChannelRange rangeOf(std::int64_t index, std::int64_t each, std::int64_t all)
{
    return {index * each, std::min(each, all - index * each)};
}

std::int64_t rangesIn(std::int64_t each, std::int64_t all)
{
    return (all + each - 1) / each;
}

} // namespace

Kernel winogradByParts(KernelBuilder& builder, const WinogradPass& pass)
{
    const std::int64_t from = pass.src.channels;
    const std::int64_t to = pass.dst.channels;
    const auto tiles = std::make_shared<const WinogradTiling>(
        pass.kind, pass.results(), pass.isStrided() ? kStridedTilesByParts : kTilesByParts, 1);
    const std::int64_t vFloats = tiles->floats(from);
    const std::int64_t uFloats = kWinogradPoints * loops::winogradWeightStride(kFromAtOnce, kToAtOnce);
    const std::int64_t mFloats = tiles->floats(kToAtOnce);
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), rangesIn(kToAtOnce, to)));
    KernelParts parts;
    parts.shares = shares;
    parts.scratchBytes = static_cast<std::size_t>(vFloats + shares * (uFloats + mFloats)) * sizeof(float);
    builder.wishScratch(parts.scratchBytes);

    const auto left = std::make_shared<SharedUnits>(rangesIn(kToAtOnce, to), shares);
    const auto transform = [=, threads = builder.threads()](const RunContext& context, const WinogradBlock& block) {
        float* v = reinterpret_cast<float*>(context.scratch);
        parallelUnits(threads, winogradGroups(block.count), kGroupsAtOnce, [&](std::int64_t begin, std::int64_t end) {
            pass.transformInput(winogradGroupsOf(block, begin, end), v + begin * kWinogradGroup * 16);
        });
        left->restart();
    };
    const auto multiply = [=](const RunContext& context, const WinogradBlock& block, int share) {
        float* v = reinterpret_cast<float*>(context.scratch);
        float* u = v + vFloats + share * (uFloats + mFloats);
        float* m = u + uFloats;
        for (UnitRange unit = left->take(share, 1); unit.count > 0; unit = left->take(share, 1)) {
            const ChannelRange range = rangeOf(unit.begin, kToAtOnce, to);
            for (std::int64_t i = 0; i < rangesIn(kFromAtOnce, from); ++i) {
                const ChannelRange source = rangeOf(i, kFromAtOnce, from);
                const std::int64_t pairs = source.count / 16 * (range.count / 16);
                loops::winogradWeights(pass.weight, pass.isStrided(), source, range, 0, pairs, u);
                loops::winogradProduct(block, from, source, range.count, i == 0, v, u, m);
            }
            pass.transformOutput(block, range, m);
        }
    };
    // All blocks but the last are done before that one is shared out.
    parts.begin = [=](const RunContext& context) {
        const auto blocks = tiles->blocks(0);
        for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
            transform(context, blocks[i]);
            parallelShares(shares, [&](int share) { multiply(context, blocks[i], share); });
        }
        transform(context, blocks.back());
    };
    parts.work = [=](const RunContext& context, int share) { multiply(context, tiles->blocks(0).back(), share); };
    return parts;
}

Kernel winogradWeightGradByParts(KernelBuilder& builder, const Node& node)
{
    const loops::WinogradPicture dst = winogradPictureOf(builder.value(node.inputs[0]));
    const loops::WinogradPicture src = winogradPictureOf(builder.value(node.inputs[1]));
    const std::int64_t filters = dst.channels;
    const std::int64_t channels = src.channels;
    const bool isStrided = isWinogradStrided(node);
    const auto kind = isStrided ? loops::WinogradKind::Strided : loops::WinogradKind::Same;
    const auto tiles = std::make_shared<const WinogradTiling>(kind, dst, dst.tiles(), 1);
    const std::int64_t groups = winogradGroups(dst.tiles());
    const std::int64_t parts = rangesIn(kToAtOnce, filters) * rangesIn(kFromAtOnce, channels);
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), parts));
    const std::int64_t vFloats = tiles->floats(channels);
    const std::int64_t wFloats = tiles->floats(filters);
    const std::int64_t duFloats = kWinogradPoints * loops::winogradWeightStride(kFromAtOnce, kToAtOnce);
    KernelParts pieces;
    pieces.shares = shares;
    pieces.scratchBytes = static_cast<std::size_t>(vFloats + wFloats + groups * filters + shares * duFloats) * sizeof(float);
    builder.wishScratch(pieces.scratchBytes);

    const WinogradPixels dy(builder, node.inputs[0]);
    const WinogradPixels x(builder, node.inputs[1]);
    float* weightGrad = builder.data(node.outputs[0]);
    float* biasGrad = node.as<ConvolutionAttributes>().hasBiasGrad ? builder.data(node.outputs[1]) : nullptr;
    const auto left = std::make_shared<SharedUnits>(parts, shares);
    const std::int64_t biasBegin = vFloats + wFloats; // {groups, filters}
    pieces.begin = [=, threads = builder.threads()](const RunContext& context) {
        const WinogradBlock& all = tiles->blocks(0).front();
        float* v = reinterpret_cast<float*>(context.scratch);
        float* w = v + vFloats;
        float* biasSums = v + biasBegin;
        if (biasGrad != nullptr) {
            std::fill(biasSums, biasSums + groups * filters, 0.0F);
        }
        parallelUnits(threads, groups, kGroupsAtOnce, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t group = begin; group < end; ++group) {
                const WinogradBlock block = winogradGroupsOf(all, group, group + 1);
                const std::int64_t offset = group * kWinogradGroup * 16;
                float* total = biasGrad != nullptr ? biasSums + group * filters : nullptr;
                x.visit([&](const auto* pixels) { loops::winogradInput(src, block, pixels, v + offset); });
                dy.visit([&](const auto* pixels) { loops::winogradGrad(dst, block, pixels, total, w + offset); });
            }
        });
        left->restart();
    };
    pieces.work = [=](const RunContext& context, int share) {
        const WinogradBlock& all = tiles->blocks(0).front();
        float* v = reinterpret_cast<float*>(context.scratch);
        float* du = v + biasBegin + groups * filters + share * duFloats;
        const std::int64_t ranges = rangesIn(kFromAtOnce, channels);
        for (UnitRange unit = left->take(share, 1); unit.count > 0; unit = left->take(share, 1)) {
            const WinogradWeightPart part{
                channels,
                filters,
                rangeOf(unit.begin % ranges, kFromAtOnce, channels),
                rangeOf(unit.begin / ranges, kToAtOnce, filters)};
            loops::winogradWeightProduct(all, part, true, v, v + vFloats, du);
            const std::int64_t rows = part.filters.count / 16 * part.channels.count;
            loops::winogradWeightGrad(du, 0, 1, part, isStrided, 0, rows, weightGrad);
        }
    };
    pieces.end = [=](const RunContext& context) {
        const float* biasSums = reinterpret_cast<const float*>(context.scratch) + biasBegin;
        for (std::int64_t c = 0; biasGrad != nullptr && c < filters; ++c) {
            biasGrad[c] = 0;
            for (std::int64_t group = 0; group < groups; ++group) {
                biasGrad[c] += biasSums[group * filters + c];
            }
        }
    };
    return pieces;
}

} // namespace ty::engine::kernels
