#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

Result<Specs> inferConv2d(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<ConvolutionAttributes>(attributes);
    TY_CHECK(checkPicture("conv2d", *operands[0]));
    const Shape& input = operands[0]->shape;
    const Shape& weight = operands[1]->shape;
    if (weight.size() != 4 || weight[1] * settings.groups != input[1] || weight[0] % settings.groups != 0) {
        return shapeError(
            "conv2d: a weight {} in {} groups does not fit the input {}",
            toString(weight),
            settings.groups,
            toString(input));
    }
    const auto& padding = settings.padding;
    TY_TRY(
        const std::int64_t height,
        windowExtent("conv2d", input, 2, weight[2], settings.stride[0], settings.dilation[0], padding[0] + padding[2]));
    TY_TRY(
        const std::int64_t width,
        windowExtent("conv2d", input, 3, weight[3], settings.stride[1], settings.dilation[1], padding[1] + padding[3]));
    return Specs{{{input[0], weight[0], height, width}}};
}

void differentiateConv2d(GradientBuilder& builder, const Node& node)
{
    auto settings = node.as<ConvolutionAttributes>();
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    if (builder.isWanted(node.inputs[0])) {
        settings.resultShape = builder.graph().shape(node.inputs[0]);
        builder.addGradient(
            node.inputs[0], builder.apply(OpKind::Conv2dInputGrad, {grad, node.inputs[1]}, settings));
    }
    if (builder.isWanted(node.inputs[1])) {
        settings.resultShape = builder.graph().shape(node.inputs[1]);
        builder.addGradient(
            node.inputs[1], builder.apply(OpKind::Conv2dWeightGrad, {grad, node.inputs[0]}, settings));
    }
}

OnnxForm conv2dOnnx(const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    OnnxForm form{"Conv"};
    form.attributes["strides"] = settings.stride;
    form.attributes["dilations"] = settings.dilation;
    form.attributes["pads"] = settings.padding;
    form.attributes["group"] = settings.groups;
    return form;
}

/// The result of a transposed convolution must be one that the convolution takes to the operand.
Result<Specs> inferInputGrad(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<ConvolutionAttributes>(attributes);
    Value result;
    result.shape = settings.resultShape;
    TY_TRY(const Specs back, inferConv2d({&result, operands[1]}, attributes));
    if (back[0].shape != operands[0]->shape) {
        return shapeError(
            "convTranspose2d: a weight {} does not take {} to {}",
            toString(operands[1]->shape),
            toString(operands[0]->shape),
            toString(settings.resultShape));
    }
    return Specs{{settings.resultShape}};
}

void differentiateInputGrad(GradientBuilder& builder, const Node& node)
{
    auto settings = node.as<ConvolutionAttributes>();
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    if (builder.isWanted(node.inputs[0])) {
        auto forward = settings;
        forward.resultShape = {};
        builder.addGradient(node.inputs[0], builder.apply(OpKind::Conv2d, {grad, node.inputs[1]}, forward));
    }
    if (builder.isWanted(node.inputs[1])) {
        settings.resultShape = builder.graph().shape(node.inputs[1]);
        builder.addGradient(
            node.inputs[1], builder.apply(OpKind::Conv2dWeightGrad, {node.inputs[0], grad}, settings));
    }
}

/// Rows and columns that no window of the convolution reaches lie at the end: ONNX's output_padding.
OnnxForm inputGradOnnx(const Node& node)
{
    OnnxForm form = conv2dOnnx(node);
    form.type = "ConvTranspose";
    return form;
}

Result<Specs> inferWeightGrad(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<ConvolutionAttributes>(attributes);
    Specs specs{{settings.resultShape}};
    if (settings.hasBiasGrad) {
        specs.push_back({{operands[0]->shape[1]}});
    }
    return specs;
}

} // namespace

OpRule conv2d()
{
    return {"Conv2d", inferConv2d, differentiateConv2d, conv2dOnnx, LayoutRule::Chosen};
}

OpRule conv2dInputGrad()
{
    return {"Conv2dInputGrad", inferInputGrad, differentiateInputGrad, inputGradOnnx, LayoutRule::Chosen};
}

OpRule conv2dWeightGrad()
{
    return {"Conv2dWeightGrad", inferWeightGrad, nullptr, nullptr, LayoutRule::Chosen};
}

} // namespace ty::engine::ops
