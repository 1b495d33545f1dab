#include "engine/backends/cpu/kernels/strassen_kernels.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/backends/cpu/kernels/pair_picture.h"
#include "engine/backends/cpu/kernels/scratch_room.h"
#include "engine/backends/cpu/loops/strassen.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/backends/cpu/strassen_rule.h"

namespace ty::engine::kernels {

namespace {

using loops::kStrassenColumnBlocks;
using loops::kStrassenRows;
using loops::PairSplit;
using loops::SplitPairs;

/// A convolution of one pixel or the gradient of its input, which is one the other way.
struct StrassenPass {
    const float* x = nullptr;
    loops::StrassenWeight weight;
    const float* bias = nullptr; ///< {dst.channels}, or null
    bool isRelu = false;
    float* y = nullptr;
    PairPicture src;
    PairPicture dst;
    std::int64_t images = 0;
    const float* addend = nullptr; ///< of the gradient it is joined with
    const float* mask = nullptr;   ///< the result of the relu before, or null

    loops::PixelPairs pixels(const std::int64_t* offsets, std::int64_t count) const
    {
        return {x, offsets, count, src.imageStride(), src.blockStride(), src.halfStride(), src.halfBlocks()};
    }
    loops::PairTarget target(const std::int64_t* offsets) const
    {
        loops::PairTarget target{y, offsets, dst.imageStride(), dst.blockStride(), dst.halfStride(), addend, mask};
        target.bias = bias;
        target.biasHalf = dst.channels / 2;
        target.isRelu = isRelu;
        return target;
    }
    std::int64_t panels() const { return dst.halfBlocks() / kStrassenColumnBlocks; }
};

std::int64_t tilesOf(std::int64_t pairs)
{
    return (pairs + kStrassenRows - 1) / kStrassenRows;
}

/// Pixels that no result reaches.
void clearUnvisited(const StrassenPass& pass, int threads)
{
    if (pass.dst.step == 1) {
        return;
    }
    parallelRanges(threads, pass.images, 1, [&](std::int64_t begin, std::int64_t end) {
        std::fill(pass.y + begin * pass.dst.imageStride(), pass.y + end * pass.dst.imageStride(), 0.0F);
    });
}

/// Threads share the pixels; the weight is split once for all.
Kernel multiplyByPixels(KernelBuilder& builder, const StrassenPass& pass)
{
    // So many pairs that two times their sums take about half of a core's own cache.
    constexpr std::int64_t kFloatsAtOnce = 48 * 1024;
    constexpr std::int64_t kMostTiles = 4;
    const bool isWhole = !pass.src.isConsecutive(kStrassenRows);
    const std::int64_t perTile = SplitPairs::floats(pass.src.halfBlocks(), kStrassenRows, isWhole);
    const std::int64_t tilesAtOnce = std::clamp<std::int64_t>(kFloatsAtOnce / perTile, 1, kMostTiles);
    const std::int64_t atOnce = tilesAtOnce * kStrassenRows;
    const std::int64_t tiles = tilesOf(pass.src.pairs);
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), tiles));

    ScratchRoom room;
    const std::int64_t weights = room.take(loops::splitWeightFloats(pass.weight.halfFrom, pass.weight.halfTo));
    const std::int64_t sharesBegin = room.floats();
    const std::int64_t planes[2] = {
        room.take(SplitPairs::floats(pass.src.halfBlocks(), atOnce, isWhole)),
        room.take(SplitPairs::floats(pass.src.halfBlocks(), atOnce, isWhole))};
    const std::int64_t offsets[2] = {room.takeIndices(2 * atOnce), room.takeIndices(2 * atOnce)};
    const std::int64_t perShare = room.floats() - sharesBegin;
    KernelParts parts;
    parts.shares = shares;
    parts.scratchBytes = static_cast<std::size_t>(sharesBegin + shares * perShare) * sizeof(float);
    builder.wishScratch(parts.scratchBytes);

    const auto left = std::make_shared<SharedUnits>(tiles, shares);
    const std::int64_t halfTo = pass.weight.halfTo;
    parts.begin = [=, threads = builder.threads()](const RunContext& context) {
        float* scratch = reinterpret_cast<float*>(context.scratch);
        clearUnvisited(pass, threads);
        parallelRanges(threads, halfTo, 1, [&](std::int64_t begin, std::int64_t end) {
            loops::splitWeight(pass.weight, begin, end, 0, halfTo, scratch + weights);
        });
        left->restart();
    };
    parts.work = [=](const RunContext& context, int share) {
        float* scratch = reinterpret_cast<float*>(context.scratch);
        const auto split = loops::SplitWeight::in(scratch + weights, pass.weight.halfFrom, halfTo);
        float* own = scratch + share * perShare;
        // Two blocks in turns: the next one is split while this one is multiplied.
        std::int64_t* targets[2];
        const auto nextPairs = [&](int slot) {
            const UnitRange block = left->take(share, tilesAtOnce);
            if (block.count == 0) {
                return SplitPairs();
            }
            const std::int64_t first = block.begin * kStrassenRows;
            const std::int64_t count = std::min(block.count * kStrassenRows, pass.src.pairs - first);
            auto* sources = reinterpret_cast<std::int64_t*>(own + offsets[slot]);
            targets[slot] = sources + atOnce;
            pass.src.fillOffsets(first, count, sources);
            pass.dst.fillOffsets(first, count, targets[slot]);
            return SplitPairs{pass.pixels(sources, count), loops::PairRole::Rows, isWhole, atOnce, own + planes[slot]};
        };
        SplitPairs now = nextPairs(0);
        PairSplit begun(now);
        finishSplit(begun);
        for (int slot = 0; now.pixels.count > 0; slot = 1 - slot) {
            const SplitPairs later = nextPairs(1 - slot);
            PairSplit next(later);
            loops::strassenMultiply(now, split, pass.panels(), pass.target(targets[slot]), next);
            now = later;
        }
    };
    return parts;
}

/// Threads share the results' channels; the pixels, which are few, are split once for all, and parts of the weight where
/// they are used.
Kernel multiplyByPanels(KernelBuilder& builder, const StrassenPass& pass)
{
    const std::int64_t capacity = tilesOf(pass.src.pairs) * kStrassenRows;
    const std::int64_t halfBlocks = pass.src.halfBlocks();
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), pass.panels()));
    ScratchRoom room;
    const std::int64_t planes = room.take(SplitPairs::floats(halfBlocks, capacity, true));
    const std::int64_t offsets = room.takeIndices(2 * capacity);
    const std::int64_t weights = room.take(loops::splitWeightFloats(pass.weight.halfFrom, kStrassenColumnBlocks));
    const std::int64_t perShare = room.floats() - weights;
    KernelParts parts;
    parts.shares = shares;
    parts.scratchBytes = static_cast<std::size_t>(weights + shares * perShare) * sizeof(float);
    builder.wishScratch(parts.scratchBytes);

    const auto left = std::make_shared<SharedUnits>(pass.panels(), shares);
    const auto pairsIn = [=](float* scratch) {
        const auto* sources = reinterpret_cast<const std::int64_t*>(scratch + offsets);
        return SplitPairs{pass.pixels(sources, pass.src.pairs), loops::PairRole::Rows, true, capacity, scratch + planes};
    };
    parts.begin = [=, threads = builder.threads()](const RunContext& context) {
        float* scratch = reinterpret_cast<float*>(context.scratch);
        clearUnvisited(pass, threads);
        auto* sources = reinterpret_cast<std::int64_t*>(scratch + offsets);
        pass.src.fillOffsets(0, pass.src.pairs, sources);
        pass.dst.fillOffsets(0, pass.src.pairs, sources + capacity);
        const SplitPairs pairs = pairsIn(scratch);
        parallelRanges(threads, halfBlocks, 1, [&](std::int64_t begin, std::int64_t end) {
            PairSplit split(pairs, begin, end);
            finishSplit(split);
        });
        left->restart();
    };
    parts.work = [=](const RunContext& context, int share) {
        float* scratch = reinterpret_cast<float*>(context.scratch);
        float* own = scratch + weights + share * perShare;
        const SplitPairs pairs = pairsIn(scratch);
        const auto* targets = reinterpret_cast<const std::int64_t*>(scratch + offsets) + capacity;
        PairSplit nothing;
        for (UnitRange panel = left->take(share, 1); panel.count > 0; panel = left->take(share, 1)) {
            const std::int64_t first = panel.begin * kStrassenColumnBlocks;
            const auto split = loops::splitWeight(
                pass.weight, first, first + kStrassenColumnBlocks, first, kStrassenColumnBlocks, own);
            auto target = pass.target(targets);
            target.moveBy(first);
            loops::strassenMultiply(pairs, split, 1, target, nothing);
        }
    };
    return parts;
}

Kernel multiply(KernelBuilder& builder, const StrassenPass& pass)
{
    return isStrassenByPanels(pass.src.pairs, pass.src.channels, pass.dst.channels) ? multiplyByPanels(builder, pass)
                                                                                          : multiplyByPixels(builder, pass);
}

} // namespace

Kernel strassenConv2d(KernelBuilder& builder, const Node& node)
{
    const Value& src = builder.value(node.inputs[0]);
    const Value& dst = builder.value(node.outputs[0]);
    StrassenPass pass{
        builder.data(node.inputs[0]),
        loops::StrassenWeight::ofConvolution(builder.data(node.inputs[1]), dst.shape[1], src.shape[1], false),
        node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr,
        node.as<ConvolutionAttributes>().activation.kind == ActivationKind::Relu,
        builder.data(node.outputs[0]),
        PairPicture(src, dst),
        PairPicture(dst, dst),
        src.shape[0],
        nullptr,
        nullptr};
    return multiply(builder, pass);
}

Kernel strassenInputGrad(KernelBuilder& builder, const Node& node)
{
    const Value& src = builder.value(node.inputs[0]);
    const Value& dst = builder.value(node.outputs[0]);
    StrassenPass pass{
        builder.data(node.inputs[0]),
        loops::StrassenWeight::ofConvolution(builder.data(node.inputs[1]), src.shape[1], dst.shape[1], true),
        nullptr,
        false,
        builder.data(node.outputs[0]),
        PairPicture(src, src),
        PairPicture(dst, src),
        src.shape[0],
        node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr,
        node.inputs.size() > 3 ? builder.data(node.inputs[3]) : nullptr};
    return multiply(builder, pass);
}

} // namespace ty::engine::kernels
