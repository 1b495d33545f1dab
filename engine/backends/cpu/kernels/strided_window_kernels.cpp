#include "engine/backends/cpu/kernels/strided_window_kernels.h"

#include <algorithm>

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/strided_window.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/backends/cpu/strided_window_rule.h"

namespace ty::engine::kernels {

namespace {

using loops::StridedWindow;

constexpr std::int64_t kBlock = 16;

StridedWindow windowOf(const KernelBuilder& builder, ValueId src, ValueId dst, ValueId weight, const Node& node)
{
    const Shape& input = builder.value(src).shape;
    const Shape& result = builder.value(dst).shape;
    const Shape& weights = builder.value(weight).shape;
    const auto& settings = node.as<ConvolutionAttributes>();
    StridedWindow window;
    window.images = input[0];
    window.channels = input[1];
    window.height = input[2];
    window.width = input[3];
    window.filters = weights[0];
    window.windowHeight = weights[2];
    window.windowWidth = weights[3];
    window.top = settings.padding[0];
    window.left = settings.padding[1];
    window.resultHeight = result[2];
    window.resultWidth = result[3];
    return window;
}

/// Strips [begin, end) of a share.
struct StripRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

StripRange stripsOf(const StridedWindow& window, int share, int shares)
{
    return {window.strips() * share / shares, window.strips() * (share + 1) / shares};
}

/// Applies an activation that the loops do not know to the results of a strip.
void activateStrip(const StridedWindow& window, std::int64_t index, const Activation& activation, float* y)
{
    const loops::StridedWindowStrip strip = window.strip(index);
    for (std::int64_t block = 0; block < window.filters / kBlock; ++block) {
        const std::int64_t plane = (strip.image * (window.filters / kBlock) + block) * window.resultHeight;
        for (std::int64_t i = 0; i < strip.rows; ++i) {
            float* values = y + ((plane + strip.row + i) * window.resultWidth + strip.column) * kBlock;
            loops::activate(activation, values, values, static_cast<std::size_t>(strip.columns * kBlock));
        }
    }
}

} // namespace

bool isStridedWindow(const KernelBuilder& builder, const Node& node, ValueId src, ValueId dst, ValueId weight)
{
    const auto hasBlock = [&builder](ValueId id, std::int64_t block) {
        return builder.value(id).channelBlock == canonicalBlock(builder.value(id).shape, block);
    };
    return isStridedWindowFaster(convolutionShapes(builder.graph(), node), node.as<ConvolutionAttributes>())
        && hasBlock(src, 1) && hasBlock(dst, kBlock)
        && keptWeight(builder, weight, 1) == plainDesc(builder.value(weight).shape);
}

Kernel stridedWindowConv2d(KernelBuilder& builder, const Node& node)
{
    const StridedWindow window = windowOf(builder, node.inputs[0], node.outputs[0], node.inputs[1], node);
    const float* x = builder.data(node.inputs[0]);
    const float* weight = builder.data(node.inputs[1]);
    const float* bias = node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr;
    float* y = builder.data(node.outputs[0]);
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), window.strips()));
    const std::int64_t uFloats = window.weightFloats();
    const std::int64_t vFloats = window.inputFloats();
    const std::int64_t shareFloats = vFloats + loops::kStridedWindowResultFloats;
    builder.wishScratch(static_cast<std::size_t>(uFloats + shares * shareFloats) * sizeof(float));

    const Activation activation = node.as<ConvolutionAttributes>().activation;
    const bool isRelu = activation.kind == ActivationKind::Relu;
    const bool isOther = !isRelu && activation.kind != ActivationKind::None;
    return [=](const RunContext& context) {
        float* u = reinterpret_cast<float*>(context.scratch);
        loops::stridedWindowWeights(window, weight, 0, window.filters / kBlock, u);
        parallelShares(shares, [&](int share) {
            float* v = u + uFloats + share * shareFloats;
            const StripRange range = stripsOf(window, share, shares);
            for (std::int64_t strip = range.begin; strip < range.end; ++strip) {
                loops::stridedWindowInput(window, strip, x, v);
                loops::stridedWindowOutput(window, strip, v, u, bias, isRelu, v + vFloats, y);
                if (isOther) {
                    activateStrip(window, strip, activation, y);
                }
            }
        });
    };
}

Kernel stridedWindowWeightGrad(KernelBuilder& builder, const Node& node)
{
    const StridedWindow window = windowOf(builder, node.inputs[1], node.inputs[0], node.outputs[0], node);
    const float* dy = builder.data(node.inputs[0]);
    const float* x = builder.data(node.inputs[1]);
    float* weightGrad = builder.data(node.outputs[0]);
    float* biasGrad = node.as<ConvolutionAttributes>().hasBiasGrad ? builder.data(node.outputs[1]) : nullptr;
    const int shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), window.strips()));
    const std::int64_t duFloats = window.weightFloats();
    const std::int64_t vFloats = window.inputFloats();
    const std::int64_t shareFloats = duFloats + window.filters + vFloats + loops::kStridedWindowGradFloats;
    builder.wishScratch(static_cast<std::size_t>(shares * shareFloats) * sizeof(float));

    return [=](const RunContext& context) {
        float* du = reinterpret_cast<float*>(context.scratch);
        parallelShares(shares, [&](int share) {
            float* sums = du + share * shareFloats;
            float* biasSums = biasGrad != nullptr ? sums + duFloats : nullptr;
            float* v = sums + duFloats + window.filters;
            if (biasSums != nullptr) {
                std::fill(biasSums, biasSums + window.filters, 0.0F);
            }
            const StripRange range = stripsOf(window, share, shares);
            for (std::int64_t strip = range.begin; strip < range.end; ++strip) {
                loops::stridedWindowInput(window, strip, x, v);
                loops::stridedWindowWeightSums(
                    window, strip, strip == range.begin, v, dy, biasSums, v + vFloats, sums);
            }
        });
        loops::stridedWindowWeightGrad(window, du, shareFloats, shares, 0, window.filters / kBlock, weightGrad);
        for (std::int64_t filter = 0; biasGrad != nullptr && filter < window.filters; ++filter) {
            biasGrad[filter] = 0;
            for (int share = 0; share < shares; ++share) {
                biasGrad[filter] += du[share * shareFloats + duFloats + filter];
            }
        }
    };
}

} // namespace ty::engine::kernels
