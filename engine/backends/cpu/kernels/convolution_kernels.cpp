#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernels/activation_post_op.h"
#include "engine/backends/cpu/kernels/convolution_forms.h"
#include "engine/backends/cpu/kernels/direct_weight_grad_kernel.h"
#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/kernels/primitive_kernel.h"
#include "engine/backends/cpu/kernels/shared_weight_grad.h"
#include "engine/backends/cpu/kernels/strided_window_kernels.h"
#include "engine/backends/cpu/kernels/strassen_kernels.h"
#include "engine/backends/cpu/kernels/winograd_kernels.h"
#include "engine/backends/cpu/strassen_rule.h"
#include "engine/backends/cpu/winograd_rule.h"

namespace ty::engine::kernels {

namespace {

using Desc = dnnl::memory::desc;

Desc anyDesc(const dnnl::memory::dims& dims, DType dtype = DType::Float32)
{
    return {dims, dataTypeOf(dtype), dnnl::memory::format_tag::any};
}

Desc descOf(const KernelBuilder& builder, ValueId id)
{
    return pictureDesc(builder.value(id).shape, builder.value(id).channelBlock, builder.value(id).dtype);
}

/// The forward primitive of the same convolution, which oneDNN wants as a hint.
dnnl::convolution_forward::primitive_desc forwardHint(
    const KernelBuilder& builder,
    const PicturePair& hint,
    const Shape& weight,
    DType dtype,
    const ConvolutionAttributes& settings)
{
    return onednn::convolutionForward(
        builder.engine(),
        hint.src,
        anyDesc(weightDims(weight, settings.groups), dtype),
        nullptr,
        hint.dst,
        geometryOf(settings),
        PrimitiveKernel::attributes());
}

/// Whether the pictures and the weight of the convolution that the node is of, or is the gradient of, lie in blocks of 16, as
/// our own kernels want them.
bool isBlocked(const KernelBuilder& builder, ValueId src, ValueId dst, ValueId weight)
{
    const Desc* layout = builder.weightLayout(weight);
    const auto isPictureBlocked = [&builder](ValueId id) {
        return builder.value(id).channelBlock == canonicalBlock(builder.value(id).shape, 16);
    };
    return layout != nullptr && isPictureBlocked(src) && isPictureBlocked(dst)
        && *layout == winogradWeightDesc(builder.value(weight).shape);
}

bool isWinograd(const KernelBuilder& builder, const Node& node, ValueId src, ValueId dst, ValueId weight)
{
    return isWinogradFaster(convolutionShapes(builder.graph(), node), node.as<ConvolutionAttributes>())
        && isBlocked(builder, src, dst, weight);
}

/// `from` and `to`: what the product leads from and to.
bool isStrassen(const KernelBuilder& builder, const Node& node, ValueId from, ValueId to, ValueId weight)
{
    const auto isFaster = node.kind == OpKind::Conv2dWeightGrad ? isStrassenGradFaster : isStrassenFaster;
    const std::int64_t channels = builder.value(from).shape[1];
    const std::int64_t results = builder.value(to).shape[1];
    return isFaster(convolutionShapes(builder.graph(), node), node.as<ConvolutionAttributes>(), channels, results)
        && isBlocked(builder, from, to, weight);
}

} // namespace

Kernel conv2d(KernelBuilder& builder, const Node& node)
{
    if (isWinograd(builder, node, node.inputs[0], node.outputs[0], node.inputs[1])) {
        return winogradConv2d(builder, node);
    }
    if (isStrassen(builder, node, node.inputs[0], node.outputs[0], node.inputs[1])) {
        return strassenConv2d(builder, node);
    }
    if (isStridedWindow(builder, node, node.inputs[0], node.outputs[0], node.inputs[1])) {
        return stridedWindowConv2d(builder, node);
    }
    const auto& settings = node.as<ConvolutionAttributes>();
    const Desc kept = keptWeight(builder, node.inputs[1], settings.groups);
    const Shape& weight = builder.value(node.inputs[1]).shape;
    const bool hasBias = node.inputs.size() > 2;
    const Desc bias = hasBias ? plainDesc(builder.value(node.inputs[2]).shape) : Desc();

    dnnl::primitive_attr attributes = PrimitiveKernel::attributes();
    attributes.set_post_ops(activationPostOp(settings.activation));
    // Weights that are no parameter (in tests) come plain and are reordered to what the kernel likes.
    // Those on bfloat16 are reordered from the float32 that the parameter is kept in.
    const DType dtype = builder.value(node.inputs[0]).dtype;
    const Desc weights = builder.weightLayout(node.inputs[1]) != nullptr && dtype == DType::Float32
        ? kept
        : anyDesc(weightDims(weight, settings.groups), dtype);
    const auto forms = convolutionForms(
        builder.value(node.inputs[0]),
        builder.value(node.outputs[0]),
        weight,
        settings.groups,
        ConvolutionUse::Forward);
    const auto isUsual = [&](const ConvolutionForm& one) { return &one == &forms.front(); };
    const auto [chosen, form] = chooseForm(forms, [&](const ConvolutionForm& one) {
        return onednn::convolutionForward(
            builder.engine(),
            one.told.src,
            isUsual(one) ? weights : anyDesc(weightDims(weight, settings.groups), dtype),
            hasBias ? &bias : nullptr,
            one.told.dst,
            geometryOf(settings),
            attributes);
    });

    PrimitiveKernel kernel(builder, dnnl::convolution_forward(chosen), chosen.scratchpad_desc());
    kernel.bindInput(DNNL_ARG_SRC, form.told.src, form.kept.src, builder.pointer(node.inputs[0]));
    kernel.bindInput(DNNL_ARG_WEIGHTS, chosen.weights_desc(), kept, builder.data(node.inputs[1]));
    if (hasBias) {
        kernel.bind(DNNL_ARG_BIAS, bias, builder.data(node.inputs[2]));
    }
    kernel.bindOutput(DNNL_ARG_DST, form.told.dst, form.kept.dst, builder.pointer(node.outputs[0]));
    return kernel.finish(builder);
}

Kernel conv2dInputGrad(KernelBuilder& builder, const Node& node)
{
    constexpr std::size_t kOperands = 2;
    if (node.inputs.size() > kOperands) {
        return strassenInputGrad(builder, node); // joined with another gradient: joinGradients has asked the rule
    }
    if (isWinograd(builder, node, node.outputs[0], node.inputs[0], node.inputs[1])) {
        return winogradInputGrad(builder, node);
    }
    if (isStrassen(builder, node, node.inputs[0], node.outputs[0], node.inputs[1])) {
        return strassenInputGrad(builder, node);
    }
    const auto& settings = node.as<ConvolutionAttributes>();
    const Shape& weight = builder.value(node.inputs[1]).shape;
    const DType dtype = builder.value(node.inputs[0]).dtype;
    const auto forms = convolutionForms(
        builder.value(node.outputs[0]),
        builder.value(node.inputs[0]),
        weight,
        settings.groups,
        ConvolutionUse::InputGrad);
    const auto [chosen, form] = chooseForm(forms, [&](const ConvolutionForm& one) {
        return onednn::convolutionBackwardData(
            builder.engine(),
            one.told.src,
            anyDesc(weightDims(weight, settings.groups), dtype),
            one.told.dst,
            geometryOf(settings),
            forwardHint(builder, one.hint, weight, dtype, settings),
            PrimitiveKernel::attributes());
    });

    PrimitiveKernel kernel(builder, dnnl::convolution_backward_data(chosen), chosen.scratchpad_desc());
    kernel.bindInput(DNNL_ARG_DIFF_DST, form.told.dst, form.kept.dst, builder.pointer(node.inputs[0]));
    kernel.bindInput(
        DNNL_ARG_WEIGHTS,
        chosen.weights_desc(),
        keptWeight(builder, node.inputs[1], settings.groups),
        builder.data(node.inputs[1]));
    kernel.bindOutput(DNNL_ARG_DIFF_SRC, form.told.src, form.kept.src, builder.pointer(node.outputs[0]));
    return kernel.finish(builder);
}

Kernel conv2dWeightGrad(KernelBuilder& builder, const Node& node)
{
    if (isWinograd(builder, node, node.inputs[1], node.inputs[0], node.outputs[0])) {
        return winogradWeightGrad(builder, node);
    }
    if (!node.as<ConvolutionAttributes>().hasBiasGrad
        && isStrassen(builder, node, node.inputs[1], node.inputs[0], node.outputs[0])) {
        return strassenWeightGrad(builder, node);
    }
    if (isStridedWindow(builder, node, node.inputs[1], node.inputs[0], node.outputs[0])) {
        return stridedWindowWeightGrad(builder, node);
    }
    if (isDirectWeightGradFaster(builder, node)) {
        return directWeightGrad(builder, node);
    }
    if (builder.threads() > 1 && builder.value(node.inputs[0]).shape[0] >= builder.threads()) {
        return sharedWeightGrad(builder, node);
    }
    const auto& settings = node.as<ConvolutionAttributes>();
    const Shape& weight = builder.value(node.outputs[0]).shape;
    const DType dtype = builder.value(node.inputs[0]).dtype;
    const bool hasBias = settings.hasBiasGrad;
    const Desc diffBias = hasBias ? plainDesc(builder.value(node.outputs[1]).shape) : Desc();
    const auto forms = convolutionForms(
        builder.value(node.inputs[1]),
        builder.value(node.inputs[0]),
        weight,
        settings.groups,
        ConvolutionUse::WeightGrad);
    const auto [chosen, form] = chooseForm(forms, [&](const ConvolutionForm& one) {
        return onednn::convolutionBackwardWeights(
            builder.engine(),
            one.told.src,
            anyDesc(weightDims(weight, settings.groups)),
            hasBias ? &diffBias : nullptr,
            one.told.dst,
            geometryOf(settings),
            forwardHint(builder, one.hint, weight, dtype, settings),
            PrimitiveKernel::attributes());
    });

    PrimitiveKernel kernel(builder, dnnl::convolution_backward_weights(chosen), chosen.scratchpad_desc());
    kernel.bindInput(DNNL_ARG_DIFF_DST, form.told.dst, form.kept.dst, builder.pointer(node.inputs[0]));
    kernel.bindInput(DNNL_ARG_SRC, form.told.src, form.kept.src, builder.pointer(node.inputs[1]));
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
    kernel.bind(DNNL_ARG_FROM, src, builder.pointer(node.inputs[0]));
    kernel.bind(DNNL_ARG_TO, dst, builder.pointer(node.outputs[0]));
    return kernel.finish(builder);
}

} // namespace ty::engine::kernels
