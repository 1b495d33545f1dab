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
    builder.wishScratch(static_cast<std::size_t>(vFloats + shares * (uFloats + mFloats)) * sizeof(float));

    return [=, threads = builder.threads()](const RunContext& context) {
        float* v = reinterpret_cast<float*>(context.scratch);
        const auto multiply = [&](const WinogradBlock& block, const ChannelRange& range, float* u, float* m) {
            for (std::int64_t i = 0; i < rangesIn(kFromAtOnce, from); ++i) {
                const ChannelRange source = rangeOf(i, kFromAtOnce, from);
                const std::int64_t pairs = source.count / 16 * (range.count / 16);
                loops::winogradWeights(pass.weight, pass.isStrided(), source, range, 0, pairs, u);
                loops::winogradProduct(block, from, source, range.count, i == 0, v, u, m);
            }
            pass.transformOutput(block, range, m);
        };
        for (const WinogradBlock& block : tiles->blocks(0)) {
            parallelUnits(threads, winogradGroups(block.count), kGroupsAtOnce, [&](std::int64_t begin, std::int64_t end) {
                pass.transformInput(winogradGroupsOf(block, begin, end), v + begin * kWinogradGroup * 16);
            });
            SharedUnits left(rangesIn(kToAtOnce, to), shares);
            parallelShares(shares, [&](int share) {
                float* u = v + vFloats + share * (uFloats + mFloats);
                for (UnitRange unit = left.take(share, 1); unit.count > 0; unit = left.take(share, 1)) {
                    multiply(block, rangeOf(unit.begin, kToAtOnce, to), u, u + uFloats);
                }
            });
        }
    };
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
    builder.wishScratch(
        static_cast<std::size_t>(vFloats + wFloats + groups * filters + shares * duFloats) * sizeof(float));

    const WinogradPixels dy(builder, node.inputs[0]);
    const WinogradPixels x(builder, node.inputs[1]);
    float* weightGrad = builder.data(node.outputs[0]);
    float* biasGrad = node.as<ConvolutionAttributes>().hasBiasGrad ? builder.data(node.outputs[1]) : nullptr;
    return [=, threads = builder.threads()](const RunContext& context) {
        const WinogradBlock& all = tiles->blocks(0).front();
        float* v = reinterpret_cast<float*>(context.scratch);
        float* w = v + vFloats;
        float* biasSums = w + wFloats; // {groups, filters}
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
        SharedUnits left(parts, shares);
        parallelShares(shares, [&](int share) {
            float* du = biasSums + groups * filters + share * duFloats;
            const std::int64_t ranges = rangesIn(kFromAtOnce, channels);
            for (UnitRange unit = left.take(share, 1); unit.count > 0; unit = left.take(share, 1)) {
                const WinogradWeightPart part{
                    channels,
                    filters,
                    rangeOf(unit.begin % ranges, kFromAtOnce, channels),
                    rangeOf(unit.begin / ranges, kToAtOnce, filters)};
                loops::winogradWeightProduct(all, part, true, v, w, du);
                const std::int64_t rows = part.filters.count / 16 * part.channels.count;
                loops::winogradWeightGrad(du, 0, 1, part, isStrided, 0, rows, weightGrad);
            }
        });
        for (std::int64_t c = 0; biasGrad != nullptr && c < filters; ++c) {
            biasGrad[c] = 0;
            for (std::int64_t group = 0; group < groups; ++group) {
                biasGrad[c] += biasSums[group * filters + c];
            }
        }
    };
}

} // namespace ty::engine::kernels
