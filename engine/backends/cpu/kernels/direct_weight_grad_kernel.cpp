#include "engine/backends/cpu/kernels/direct_weight_grad_kernel.h"

#include <algorithm>
#include <array>
#include <memory>

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/loops/direct_weight_grad.h"
#include "engine/backends/cpu/loops/winograd.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/backends/cpu/winograd_rule.h"

namespace ty::engine::kernels {

bool isDirectWeightGradFaster(const KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    const Value& grad = builder.value(node.inputs[0]);
    const Value& input = builder.value(node.inputs[1]);
    const Shape& weight = builder.value(node.outputs[0]).shape;
    const dnnl::memory::desc* layout = builder.weightLayout(node.outputs[0]);
    constexpr std::int64_t kBlock = 16;
    const auto isBlocked = [](const Value& value) {
        return value.dtype == DType::Float32 && value.shape[1] % kBlock == 0
            && value.channelBlock == canonicalBlock(value.shape, kBlock);
    };
    // Larger planes are read in pieces that no cache foresees: oneDNN's kernels then are up to twice as fast.
    constexpr std::int64_t kLargestPlane = 14 * 14;
    constexpr std::int64_t kLargestPlaneOfPixels = 7 * 7;
    const std::int64_t plane = grad.shape[2] * grad.shape[3];
    const bool isSmall = plane <= (weight[2] * weight[3] > 1 ? kLargestPlane : kLargestPlaneOfPixels);
    return isSmall && loops::isWinogradWide() && !settings.hasBiasGrad && settings.groups == 1
        && settings.dilation == std::array<std::int64_t, 2>{1, 1} && isBlocked(grad) && isBlocked(input)
        && layout != nullptr && *layout == winogradWeightDesc(weight);
}

Kernel directWeightGrad(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    const Shape& dst = builder.value(node.inputs[0]).shape;
    const Shape& src = builder.value(node.inputs[1]).shape;
    const Shape& weight = builder.value(node.outputs[0]).shape;
    loops::BlockedConvolution convolution;
    convolution.images = src[0];
    convolution.channels = src[1];
    convolution.filters = dst[1];
    convolution.src = {src[2], src[3]};
    convolution.dst = {dst[2], dst[3]};
    convolution.kernel = {weight[2], weight[3]};
    convolution.stride = settings.stride;
    convolution.padding = {settings.padding[0], settings.padding[1]};
    const float* grad = builder.data(node.inputs[0]);
    const float* x = builder.data(node.inputs[1]);
    float* weightGrad = builder.data(node.outputs[0]);
    KernelParts parts;
    parts.shares = static_cast<int>(std::min<std::int64_t>(builder.threads(), convolution.parts()));
    const auto left = std::make_shared<SharedUnits>(convolution.parts(), parts.shares);
    parts.begin = [left](const RunContext&) { left->restart(); };
    parts.work = [=](const RunContext&, int share) {
        for (UnitRange unit = left->take(share, 1); unit.count > 0; unit = left->take(share, 1)) {
            loops::directWeightGrad(convolution, x, grad, unit.begin, unit.begin + 1, weightGrad);
        }
    };
    return parts;
}

} // namespace ty::engine::kernels
