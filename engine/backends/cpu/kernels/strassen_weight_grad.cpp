#include <algorithm>
#include <memory>

#include "engine/backends/cpu/kernels/pair_picture.h"
#include "engine/backends/cpu/kernels/scratch_room.h"
#include "engine/backends/cpu/kernels/strassen_kernels.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/strassen.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/backends/cpu/strassen_rule.h"

namespace ty::engine::kernels {

namespace {

using loops::kStrassenColumnBlocks;
using loops::PairRole;
using loops::PairSplit;
using loops::SplitPairs;

struct WeightGradPass {
    const float* x = nullptr;
    const float* dy = nullptr;
    float* weightGrad = nullptr;
    PairPicture src;
    PairPicture dst;

    std::int64_t panels() const { return dst.halfBlocks() / kStrassenColumnBlocks; }
    std::int64_t floats() const { return src.channels * dst.channels; }
    /// Some blocks of channels of each half.
    SplitPairs channels(
        std::int64_t first, std::int64_t count, const std::int64_t* offsets, std::int64_t pairs, bool isWhole, std::int64_t capacity, float* planes) const
    {
        return {
            {x + first * src.blockStride(), offsets, pairs, src.imageStride(), src.blockStride(), src.halfStride(), count},
            PairRole::TurnedRows,
            isWhole,
            capacity,
            planes};
    }
    SplitPairs filters(
        std::int64_t panel, const std::int64_t* offsets, std::int64_t pairs, bool isWhole, std::int64_t capacity, float* planes) const
    {
        return {
            {dy + panel * kStrassenColumnBlocks * dst.blockStride(),
             offsets,
             pairs,
             dst.imageStride(),
             dst.blockStride(),
             dst.halfStride(),
             kStrassenColumnBlocks},
            PairRole::Columns,
            isWhole,
            capacity,
            planes};
    }
    /// In the order of a weight: {K / 16, C / 16, 16 of C, 16 of K}.
    loops::StrassenPart part(std::int64_t panel, std::int64_t firstChannel, float* sums) const
    {
        constexpr std::int64_t kBlockOfWeight = 16 * 16;
        loops::StrassenPart part;
        part.channelStride = kBlockOfWeight;
        part.channelHalf = src.halfBlocks() * kBlockOfWeight;
        part.filterStride = src.channels / 16 * kBlockOfWeight;
        part.filterHalf = dst.halfBlocks() * part.filterStride;
        part.data = sums + panel * kStrassenColumnBlocks * part.filterStride + firstChannel * kBlockOfWeight;
        return part;
    }
};

/// Steps beside each few pairs, so that `left` are done within `products` products of so many pairs.
std::int64_t stepsFor(std::int64_t left, std::int64_t products, std::int64_t pairs)
{
    const std::int64_t places = products * ((pairs + loops::kPairsBetweenSteps - 1) / loops::kPairsBetweenSteps);
    return (left + places - 1) / places;
}

/// The pairs of pixels in blocks of about the same length, none of which leaves its images, times groups of channels: what
/// is split at once.
struct Pieces {
    std::int64_t perImages = 1; ///< blocks of a pair of images
    std::int64_t pixels = 1;    ///< of a pair of images
    std::int64_t blocks = 1;    ///< in all
    std::int64_t channelsAtOnce = 1; ///< blocks of channels of each half
    std::int64_t channelGroups = 1;

    explicit Pieces(const WeightGradPass& pass)
    {
        constexpr std::int64_t kPairsAtOnce = 112;
        constexpr std::int64_t kChannelsAtOnce = 8;
        pixels = pass.src.rows * pass.src.columns;
        perImages = (pixels + kPairsAtOnce - 1) / kPairsAtOnce;
        blocks = pass.src.pairs / pixels * perImages;
        channelsAtOnce = std::min(kChannelsAtOnce, pass.src.halfBlocks());
        while (pass.src.halfBlocks() % channelsAtOnce != 0) {
            --channelsAtOnce;
        }
        channelGroups = pass.src.halfBlocks() / channelsAtOnce;
    }

    std::int64_t first(std::int64_t block) const
    {
        return block / perImages * pixels + pixels * (block % perImages) / perImages;
    }
    std::int64_t count(std::int64_t block) const
    {
        const std::int64_t end = block / perImages * pixels + pixels * (block % perImages + 1) / perImages;
        return end - first(block);
    }
    std::int64_t capacity() const { return (pixels + perImages - 1) / perImages; }
};

/// Threads share the pixels: each sums a gradient of its own, which are added up in their order.
Kernel sumByPixels(KernelBuilder& builder, const WeightGradPass& pass)
{
    const Pieces pieces(pass);
    const std::int64_t capacity = pieces.capacity();
    const bool isWhole = pass.src.step > 1;
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), pieces.blocks));
    ScratchRoom room;
    const std::int64_t own = room.take(pass.floats()); // the first share's is the gradient itself
    const std::int64_t channelFloats = SplitPairs::floats(pieces.channelsAtOnce, capacity, isWhole);
    const std::int64_t channels[2] = {room.take(channelFloats), room.take(channelFloats)};
    const std::int64_t filterFloats = SplitPairs::floats(kStrassenColumnBlocks, capacity, false);
    const std::int64_t filters[2] = {room.take(filterFloats), room.take(filterFloats)};
    const std::int64_t offsets[2] = {room.takeIndices(2 * capacity), room.takeIndices(2 * capacity)};
    const std::int64_t perShare = room.floats();
    KernelParts parts;
    parts.shares = shares;
    parts.scratchBytes = static_cast<std::size_t>(shares * perShare) * sizeof(float);
    builder.wishScratch(parts.scratchBytes);

    const auto sumShare = [=](int share, float* scratch, float* weightGrad) {
        const std::int64_t begin = pieces.blocks * share / shares * pieces.channelGroups;
        const std::int64_t end = pieces.blocks * (share + 1) / shares * pieces.channelGroups;
        const auto indices = [&](std::int64_t block) {
            return reinterpret_cast<std::int64_t*>(scratch + offsets[block % 2]);
        };
        const auto channelsOf = [&](std::int64_t piece) {
            const std::int64_t block = piece / pieces.channelGroups;
            std::int64_t* sources = indices(block);
            if (piece % pieces.channelGroups == 0) {
                pass.src.fillOffsets(pieces.first(block), pieces.count(block), sources);
                pass.dst.fillOffsets(pieces.first(block), pieces.count(block), sources + capacity);
            }
            return pass.channels(
                piece % pieces.channelGroups * pieces.channelsAtOnce,
                pieces.channelsAtOnce,
                sources,
                pieces.count(block),
                isWhole,
                capacity,
                scratch + channels[piece % 2]);
        };
        // Parts are counted by piece, then by panel.
        const auto filtersOf = [&](std::int64_t part) {
            const std::int64_t block = part / pass.panels() / pieces.channelGroups;
            return pass.filters(
                part % pass.panels(), indices(block) + capacity, pieces.count(block), false, capacity, scratch + filters[part % 2]);
        };
        SplitPairs x = channelsOf(begin);
        PairSplit firstChannels(x);
        finishSplit(firstChannels);
        SplitPairs dy = filtersOf(begin * pass.panels());
        PairSplit firstFilters(dy);
        finishSplit(firstFilters);
        for (std::int64_t piece = begin; piece < end; ++piece) {
            const std::int64_t block = piece / pieces.channelGroups;
            const std::int64_t products = loops::kStrassenProducts * pieces.channelsAtOnce * 2;
            loops::SplitsBeside beside;
            SplitPairs laterX;
            if (piece + 1 < end) {
                laterX = channelsOf(piece + 1);
                beside.channels = PairSplit(laterX);
                beside.channelSteps = stepsFor(beside.channels.left(), products * pass.panels(), pieces.count(block));
            }
            for (std::int64_t panel = 0; panel < pass.panels(); ++panel) {
                const std::int64_t part = piece * pass.panels() + panel;
                SplitPairs laterDy;
                if (part + 1 < end * pass.panels()) {
                    laterDy = filtersOf(part + 1);
                    beside.filters = PairSplit(laterDy);
                    beside.filterSteps = stepsFor(beside.filters.left(), products, pieces.count(block));
                }
                const bool isFirst = block == begin / pieces.channelGroups;
                const std::int64_t channel = piece % pieces.channelGroups * pieces.channelsAtOnce;
                loops::strassenWeightProduct(x, dy, pass.part(panel, channel, weightGrad), isFirst, beside);
                dy = laterDy;
            }
            finishSplit(beside.channels);
            x = laterX;
        }
    };
    parts.work = [=](const RunContext& context, int share) {
        float* mine = reinterpret_cast<float*>(context.scratch) + share * perShare;
        sumShare(share, mine, share == 0 ? pass.weightGrad : mine + own);
    };
    parts.end = [=, threads = builder.threads()](const RunContext& context) {
        const float* scratch = reinterpret_cast<const float*>(context.scratch);
        constexpr std::int64_t kGrain = 16'384;
        parallelRanges(threads, shares > 1 ? pass.floats() : 0, kGrain, [&](std::int64_t begin, std::int64_t end) {
            for (int share = 1; share < shares; ++share) {
                const float* sums = scratch + share * perShare + own + begin;
                float* target = pass.weightGrad + begin;
                loops::add(target, sums, target, static_cast<std::size_t>(end - begin));
            }
        });
    };
    return parts;
}

/// Threads share the filters; the pixels, which are few, are split once for all. No sum of shares, and the same bits for
/// any number of them.
Kernel sumByPanels(KernelBuilder& builder, const WeightGradPass& pass)
{
    const std::int64_t pairs = pass.src.pairs;
    const std::int64_t halfBlocks = pass.src.halfBlocks();
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), pass.panels()));
    ScratchRoom room;
    const std::int64_t channels = room.take(SplitPairs::floats(halfBlocks, pairs, true));
    const std::int64_t offsets = room.takeIndices(2 * pairs);
    const std::int64_t common = room.floats();
    const std::int64_t filterFloats = SplitPairs::floats(kStrassenColumnBlocks, pairs, true);
    const std::int64_t filters[2] = {room.take(filterFloats), room.take(filterFloats)};
    const std::int64_t perShare = room.floats() - common;
    KernelParts parts;
    parts.shares = shares;
    parts.scratchBytes = static_cast<std::size_t>(common + shares * perShare) * sizeof(float);
    builder.wishScratch(parts.scratchBytes);

    const auto left = std::make_shared<SharedUnits>(pass.panels(), shares);
    const auto channelsIn = [=](float* scratch) {
        const auto* sources = reinterpret_cast<const std::int64_t*>(scratch + offsets);
        return pass.channels(0, halfBlocks, sources, pairs, true, pairs, scratch + channels);
    };
    parts.begin = [=, threads = builder.threads()](const RunContext& context) {
        float* scratch = reinterpret_cast<float*>(context.scratch);
        auto* sources = reinterpret_cast<std::int64_t*>(scratch + offsets);
        pass.src.fillOffsets(0, pairs, sources);
        pass.dst.fillOffsets(0, pairs, sources + pairs);
        const SplitPairs x = channelsIn(scratch);
        parallelRanges(threads, halfBlocks, 1, [&](std::int64_t begin, std::int64_t end) {
            PairSplit split(x, begin, end);
            finishSplit(split);
        });
        left->restart();
    };
    parts.work = [=](const RunContext& context, int share) {
        float* scratch = reinterpret_cast<float*>(context.scratch);
        float* own = scratch + share * perShare;
        const SplitPairs x = channelsIn(scratch);
        const auto* targets = reinterpret_cast<const std::int64_t*>(scratch + offsets) + pairs;
        const auto filtersOf = [&](const UnitRange& panel, int slot) {
            return panel.count == 0 ? SplitPairs()
                                    : pass.filters(panel.begin, targets, pairs, true, pairs, own + filters[slot]);
        };
        UnitRange panel = left->take(share, 1);
        SplitPairs dy = filtersOf(panel, 0);
        PairSplit first(dy);
        finishSplit(first);
        for (int slot = 0; panel.count > 0; slot = 1 - slot) {
            const UnitRange laterPanel = left->take(share, 1);
            const SplitPairs later = filtersOf(laterPanel, 1 - slot);
            loops::SplitsBeside beside;
            beside.filters = PairSplit(later);
            beside.filterSteps = stepsFor(beside.filters.left(), loops::kStrassenProducts * halfBlocks * 2, pairs);
            loops::strassenWeightProduct(x, dy, pass.part(panel.begin, 0, pass.weightGrad), true, beside);
            panel = laterPanel;
            dy = later;
        }
    };
    return parts;
}

} // namespace

Kernel strassenWeightGrad(KernelBuilder& builder, const Node& node)
{
    const Value& dst = builder.value(node.inputs[0]);
    const Value& src = builder.value(node.inputs[1]);
    const WeightGradPass pass{
        builder.data(node.inputs[1]),
        builder.data(node.inputs[0]),
        builder.data(node.outputs[0]),
        PairPicture(src, dst),
        PairPicture(dst, dst)};
    return isStrassenByPanels(pass.src.pairs, src.shape[1], dst.shape[1]) ? sumByPanels(builder, pass) : sumByPixels(builder, pass);
}

} // namespace ty::engine::kernels
