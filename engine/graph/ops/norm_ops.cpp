#include "engine/graph/ops/rules.h"

#include <algorithm>

namespace ty::engine::ops {

namespace {

Result<void> checkChannelOperands(const char* op, const Operands& operands)
{
    const Shape& shape = operands[0]->shape;
    if (shape.size() < 2) {
        return shapeError("{} needs channels, the input is {}", op, toString(shape));
    }
    for (std::size_t i = 1; i < operands.size(); ++i) {
        if (operands[i]->shape != Shape{shape[1]}) {
            return shapeError(
                "{}: a parameter {} does not fit the input {}", op, toString(operands[i]->shape), toString(shape));
        }
    }
    return {};
}

Result<void> checkBatchNormOperands(const Operands& operands)
{
    constexpr std::size_t kParameters = 5;
    if (operands.size() > kParameters && operands[kParameters]->shape != operands[0]->shape) {
        return shapeError(
            "batchNorm: the addend {} does not fit the input {}", toString(operands[kParameters]->shape),
            toString(operands[0]->shape));
    }
    return checkChannelOperands(
        "batchNorm", Operands(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(kParameters)));
}

Result<Specs> inferBatchNorm(const Operands& operands, const Attributes& /*attributes*/)
{
    TY_CHECK(checkBatchNormOperands(operands));
    const Shape& shape = operands[0]->shape;
    return Specs{{shape}, {{shape[1]}}, {{shape[1]}}};
}

void differentiateBatchNorm(GradientBuilder& builder, const Node& node)
{
    const ValueId x = node.inputs[0];
    const ValueId scale = node.inputs[1];
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    const ValueId dx = builder.apply(
        OpKind::BatchNormGrad, {grad, x, scale, node.outputs[1], node.outputs[2]}, node.as<NormAttributes>());
    const Node& made = builder.graph().node(builder.graph().value(dx).producer);
    const ValueId dscale = made.outputs[1];
    const ValueId dshift = made.outputs[2];
    builder.addGradient(x, dx);
    builder.addGradient(scale, dscale);
    builder.addGradient(node.inputs[2], dshift);
}

Result<Specs> inferBatchNormInference(const Operands& operands, const Attributes& /*attributes*/)
{
    TY_CHECK(checkBatchNormOperands(operands));
    return Specs{{operands[0]->shape}};
}

void differentiateBatchNormInference(GradientBuilder& builder, const Node& node)
{
    // The statistics are constants here: only the input has a gradient (saliency of a trained network).
    builder.addGradient(
        node.inputs[0],
        builder.apply(
            OpKind::BatchNormInferenceGrad,
            {builder.gradientOf(node.outputs[0]), node.inputs[1], node.inputs[4]},
            node.as<NormAttributes>()));
}

OnnxForm batchNormOnnx(const Node& node)
{
    OnnxForm form{"BatchNormalization"};
    form.attributes["epsilon"] = node.as<NormAttributes>().epsilon;
    return form;
}

Result<Specs> inferNormGrad(const Operands& operands, const Attributes& /*attributes*/)
{
    const Shape& parameter = operands[2]->shape;
    return Specs{{operands[1]->shape}, {parameter}, {parameter}};
}

Result<Specs> inferLayerNorm(const Operands& operands, const Attributes& /*attributes*/)
{
    const Shape& shape = operands[0]->shape;
    const Shape& parameter = operands[1]->shape;
    std::int64_t features = 1;
    std::size_t axis = shape.size();
    while (axis > 1 && parameter.size() == 1 && features < parameter[0]) {
        features *= shape[--axis];
    }
    if (axis == shape.size() && shape.size() > 1 && parameter == Shape{1}) {
        features = shape.back(); // one feature
    }
    if (shape.size() < 2 || parameter != Shape{features} || operands[2]->shape != parameter) {
        return shapeError("layerNorm: a parameter {} does not fit the input {}", toString(parameter), toString(shape));
    }
    const std::int64_t rows = elementCount(shape) / features;
    return Specs{{shape}, {{rows}}, {{rows}}};
}

template<OpKind gradKind>
void differentiateRowNorm(GradientBuilder& builder, const Node& node)
{
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    const ValueId dx = builder.apply(
        gradKind,
        {grad, node.inputs[0], node.inputs[1], node.outputs[1], node.outputs[2]},
        node.as<NormAttributes>());
    const Node& made = builder.graph().node(builder.graph().value(dx).producer);
    const ValueId dscale = made.outputs[1];
    const ValueId dshift = made.outputs[2];
    builder.addGradient(node.inputs[0], dx);
    builder.addGradient(node.inputs[1], dscale);
    builder.addGradient(node.inputs[2], dshift);
}

/// Of a flat value; the writer spells it out for all, because LayerNormalization came with opset 17.
OnnxForm layerNormOnnx(const Node& node)
{
    OnnxForm form{"LayerNormalization"};
    form.attributes["axis"] = 1;
    form.attributes["epsilon"] = node.as<NormAttributes>().epsilon;
    return form;
}

Result<Specs> inferGroupNorm(const Operands& operands, const Attributes& attributes)
{
    TY_CHECK(checkChannelOperands("groupNorm", operands));
    const Shape& shape = operands[0]->shape;
    const std::int64_t groups = std::get<NormAttributes>(attributes).groups;
    if (groups < 1 || shape[1] % groups != 0) {
        return shapeError("groupNorm: {} groups do not divide the channels of {}", groups, toString(shape));
    }
    return Specs{{shape}, {{shape[0] * groups}}, {{shape[0] * groups}}};
}

/// What remains of it in ONNX once the writer has put each group into a row: the rows' normalisation.
OnnxForm groupNormOnnx(const Node& node)
{
    OnnxForm form{"InstanceNormalization"};
    form.attributes["epsilon"] = node.as<NormAttributes>().epsilon;
    return form;
}

} // namespace

OpRule batchNorm()
{
    return {"BatchNorm", inferBatchNorm, differentiateBatchNorm, nullptr, LayoutRule::Follow};
}

OpRule batchNormInference()
{
    return {
        "BatchNormInference",
        inferBatchNormInference,
        differentiateBatchNormInference,
        batchNormOnnx,
        LayoutRule::Follow};
}

OpRule batchNormGrad()
{
    return {"BatchNormGrad", inferNormGrad, nullptr, nullptr, LayoutRule::Follow};
}

OpRule batchNormInferenceGrad()
{
    return {"BatchNormInferenceGrad", sameAsFirst, nullptr, nullptr, LayoutRule::Follow};
}

OpRule layerNorm()
{
    return {"LayerNorm", inferLayerNorm, differentiateRowNorm<OpKind::LayerNormGrad>, layerNormOnnx, LayoutRule::Plain};
}

OpRule groupNorm()
{
    return {
        "GroupNorm", inferGroupNorm, differentiateRowNorm<OpKind::GroupNormGrad>, groupNormOnnx, LayoutRule::Plain};
}

OpRule groupNormGrad()
{
    return {"GroupNormGrad", inferNormGrad, nullptr, nullptr, LayoutRule::Plain};
}

OpRule layerNormGrad()
{
    return {"LayerNormGrad", inferNormGrad, nullptr, nullptr, LayoutRule::Plain};
}

} // namespace ty::engine::ops
