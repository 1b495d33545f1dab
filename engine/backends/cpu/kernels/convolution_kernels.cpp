#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernels/activation_post_op.h"
#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/kernels/primitive_kernel.h"

namespace ty::engine::kernels {

namespace {

using Desc = dnnl::memory::desc;

constexpr auto kFloat = dnnl::memory::data_type::f32;

Desc anyDesc(const dnnl::memory::dims& dims)
{
    return {dims, kFloat, dnnl::memory::format_tag::any};
}

Desc descOf(const KernelBuilder& builder, ValueId id)
{
    return pictureDesc(builder.value(id).shape, builder.value(id).channelBlock);
}

Desc keptWeight(const KernelBuilder& builder, ValueId id, std::int64_t groups)
{
    const Desc* layout = builder.weightLayout(id);
    return layout != nullptr ? *layout : plainDesc(weightDims(builder.value(id).shape, groups));
}

/// The forward primitive of the same convolution, which oneDNN wants as a hint.
dnnl::convolution_forward::primitive_desc forwardHint(
    const KernelBuilder& builder,
    const Desc& src,
    const Desc& dst,
    const Shape& weight,
    const ConvolutionAttributes& settings)
{
    return onednn::convolutionForward(
        builder.engine(),
        src,
        anyDesc(weightDims(weight, settings.groups)),
        nullptr,
        dst,
        geometryOf(settings),
        PrimitiveKernel::attributes());
}

} // namespace

Kernel conv2d(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    const Desc kept = keptWeight(builder, node.inputs[1], settings.groups);
    const auto [src, dst] = convolutionDescs(builder.value(node.inputs[0]), builder.value(node.outputs[0]));
    const bool hasBias = node.inputs.size() > 2;
    const Desc bias = hasBias ? plainDesc(builder.value(node.inputs[2]).shape) : Desc();

    dnnl::primitive_attr attributes = PrimitiveKernel::attributes();
    attributes.set_post_ops(activationPostOp(settings.activation));
    // Weights that are no parameter (in tests) come plain and are reordered to what the kernel likes.
    const Desc weights = builder.weightLayout(node.inputs[1]) != nullptr
        ? kept
        : anyDesc(weightDims(builder.value(node.inputs[1]).shape, settings.groups));
    const auto chosen = onednn::convolutionForward(
        builder.engine(), src, weights, hasBias ? &bias : nullptr, dst, geometryOf(settings), attributes);

    PrimitiveKernel kernel(builder, dnnl::convolution_forward(chosen), chosen.scratchpad_desc());
    kernel.bind(DNNL_ARG_SRC, src, builder.data(node.inputs[0]));
    kernel.bindInput(DNNL_ARG_WEIGHTS, chosen.weights_desc(), kept, builder.data(node.inputs[1]));
    if (hasBias) {
        kernel.bind(DNNL_ARG_BIAS, bias, builder.data(node.inputs[2]));
    }
    kernel.bind(DNNL_ARG_DST, dst, builder.data(node.outputs[0]));
    return kernel.finish(builder);
}

Kernel conv2dInputGrad(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    const Shape& weight = builder.value(node.inputs[1]).shape;
    const auto [diffSrc, diffDst] = convolutionDescs(builder.value(node.outputs[0]), builder.value(node.inputs[0]));
    const auto hint = forwardHint(builder, diffSrc, diffDst, weight, settings);
    const auto chosen = onednn::convolutionBackwardData(
        builder.engine(),
        diffSrc,
        anyDesc(weightDims(weight, settings.groups)),
        diffDst,
        geometryOf(settings),
        hint,
        PrimitiveKernel::attributes());

    PrimitiveKernel kernel(builder, dnnl::convolution_backward_data(chosen), chosen.scratchpad_desc());
    kernel.bind(DNNL_ARG_DIFF_DST, diffDst, builder.data(node.inputs[0]));
    kernel.bindInput(
        DNNL_ARG_WEIGHTS,
        chosen.weights_desc(),
        keptWeight(builder, node.inputs[1], settings.groups),
        builder.data(node.inputs[1]));
    kernel.bind(DNNL_ARG_DIFF_SRC, diffSrc, builder.data(node.outputs[0]));
    return kernel.finish(builder);
}

Kernel conv2dWeightGrad(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    const Shape& weight = builder.value(node.outputs[0]).shape;
    const auto [src, diffDst] = convolutionDescs(builder.value(node.inputs[1]), builder.value(node.inputs[0]));
    const bool hasBias = settings.hasBiasGrad;
    const Desc diffBias = hasBias ? plainDesc(builder.value(node.outputs[1]).shape) : Desc();
    const auto hint = forwardHint(builder, src, diffDst, weight, settings);
    const auto chosen = onednn::convolutionBackwardWeights(
        builder.engine(),
        src,
        anyDesc(weightDims(weight, settings.groups)),
        hasBias ? &diffBias : nullptr,
        diffDst,
        geometryOf(settings),
        hint,
        PrimitiveKernel::attributes());

    PrimitiveKernel kernel(builder, dnnl::convolution_backward_weights(chosen), chosen.scratchpad_desc());
    kernel.bind(DNNL_ARG_DIFF_DST, diffDst, builder.data(node.inputs[0]));
    kernel.bind(DNNL_ARG_SRC, src, builder.data(node.inputs[1]));
    kernel.bindOutput(
        DNNL_ARG_DIFF_WEIGHTS,
        chosen.diff_weights_desc(),
        keptWeight(builder, node.outputs[0], settings.groups),
        builder.data(node.outputs[0]));
    if (hasBias) {
        kernel.bind(DNNL_ARG_DIFF_BIAS, diffBias, builder.data(node.outputs[1]));
    }
    return kernel.finish(builder);
}

Kernel reorder(KernelBuilder& builder, const Node& node)
{
    const Desc src = descOf(builder, node.inputs[0]);
    const Desc dst = descOf(builder, node.outputs[0]);
    const dnnl::reorder::primitive_desc chosen(
        builder.engine(), src, builder.engine(), dst, PrimitiveKernel::attributes());
    PrimitiveKernel kernel(builder, dnnl::reorder(chosen), chosen.scratchpad_desc());
    kernel.bind(DNNL_ARG_FROM, src, builder.data(node.inputs[0]));
    kernel.bind(DNNL_ARG_TO, dst, builder.data(node.outputs[0]));
    return kernel.finish(builder);
}

} // namespace ty::engine::kernels
