#include <algorithm>
#include <numeric>

#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

Result<Specs> inferPermute(const Operands& operands, const Attributes& attributes)
{
    const auto& order = std::get<PermuteAttributes>(attributes).order;
    const Shape& shape = operands[0]->shape;
    std::vector<std::int64_t> axes(shape.size());
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
    if (order.empty() || order[0] != 0 || !std::is_permutation(order.begin(), order.end(), axes.begin(), axes.end())) {
        return shapeError("transpose: the order {} does not fit {}", toString(order), toString(shape));
    }
    Shape result;
    for (const std::int64_t axis : order) {
        result.push_back(shape[static_cast<std::size_t>(axis)]);
    }
    return Specs{{result}};
}

void differentiatePermute(GradientBuilder& builder, const Node& node)
{
    const auto& order = node.as<PermuteAttributes>().order;
    PermuteAttributes back;
    back.order.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        back.order[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    }
    builder.addGradient(
        node.inputs[0], builder.apply(OpKind::Permute, {builder.gradientOf(node.outputs[0])}, std::move(back)));
}

OnnxForm permuteOnnx(const Node& node)
{
    return OnnxForm{"Transpose", {{"perm", node.as<PermuteAttributes>().order}}};
}

Result<Specs> inferSumAxis(const Operands& operands, const Attributes& attributes)
{
    const std::int64_t axis = std::get<AxisAttributes>(attributes).axis;
    TY_CHECK(checkAxis("sum", *operands[0], axis));
    Shape shape = operands[0]->shape;
    shape.erase(shape.begin() + axis);
    return Specs{{shape}};
}

void differentiateSumAxis(GradientBuilder& builder, const Node& node)
{
    const std::int64_t axis = node.as<AxisAttributes>().axis;
    const std::int64_t count = builder.graph().shape(node.inputs[0])[static_cast<std::size_t>(axis)];
    builder.addGradient(
        node.inputs[0],
        builder.apply(OpKind::RepeatAxis, {builder.gradientOf(node.outputs[0])}, RepeatAttributes{axis, count}));
}

Result<Specs> inferRepeatAxis(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<RepeatAttributes>(attributes);
    Shape shape = operands[0]->shape;
    if (settings.axis < 1 || settings.axis > static_cast<std::int64_t>(shape.size()) || settings.count < 1) {
        return shapeError("repeat: {} times along axis {} does not fit {}", settings.count, settings.axis, toString(shape));
    }
    shape.insert(shape.begin() + settings.axis, settings.count);
    return Specs{{shape}};
}

void differentiateRepeatAxis(GradientBuilder& builder, const Node& node)
{
    builder.addGradient(
        node.inputs[0],
        builder.apply(
            OpKind::SumAxis,
            {builder.gradientOf(node.outputs[0])},
            AxisAttributes{node.as<RepeatAttributes>().axis}));
}

Result<Specs> inferUpsample(const Operands& operands, const Attributes& attributes)
{
    TY_CHECK(checkPicture("upsample2d", *operands[0]));
    const auto& factor = std::get<UpsampleAttributes>(attributes).factor;
    Shape shape = operands[0]->shape;
    shape[2] *= factor[0];
    shape[3] *= factor[1];
    return Specs{{shape}};
}

void differentiateUpsample(GradientBuilder& builder, const Node& node)
{
    builder.addGradient(
        node.inputs[0],
        builder.apply(
            OpKind::UpsampleGrad, {builder.gradientOf(node.outputs[0])}, node.as<UpsampleAttributes>()));
}

Result<Specs> inferUpsampleGrad(const Operands& operands, const Attributes& attributes)
{
    const auto& factor = std::get<UpsampleAttributes>(attributes).factor;
    Shape shape = operands[0]->shape;
    shape[2] /= factor[0];
    shape[3] /= factor[1];
    return Specs{{shape}};
}

} // namespace

OpRule permute()
{
    return {"Permute", inferPermute, differentiatePermute, permuteOnnx, LayoutRule::Plain};
}

OpRule sumAxis()
{
    // The axes are an operand in ONNX.
    return {
        "SumAxis",
        inferSumAxis,
        differentiateSumAxis,
        [](const Node&) { return OnnxForm{"ReduceSum", {{"keepdims", 0}}}; },
        LayoutRule::Plain};
}

OpRule repeatAxis()
{
    // Unsqueeze first; the numbers of repetitions are an operand in ONNX.
    return {
        "RepeatAxis",
        inferRepeatAxis,
        differentiateRepeatAxis,
        [](const Node&) { return OnnxForm{"Tile"}; },
        LayoutRule::Plain};
}

OpRule upsample()
{
    // The factors are an operand in ONNX, and how to find the nearest pixel is said in words.
    return {
        "Upsample",
        inferUpsample,
        differentiateUpsample,
        [](const Node&) { return OnnxForm{"Resize"}; },
        LayoutRule::Follow};
}

OpRule upsampleGrad()
{
    return {"UpsampleGrad", inferUpsampleGrad, nullptr, nullptr, LayoutRule::Follow};
}

} // namespace ty::engine::ops
