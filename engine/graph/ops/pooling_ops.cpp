#include <limits>

#include "engine/graph/ops/rules.h"
#include "engine/graph/pool_places.h"

namespace ty::engine::ops {

namespace {

Result<Shape> pooledShape(const char* op, const Value& operand, const PoolAttributes& settings)
{
    TY_CHECK(checkPicture(op, operand));
    const Shape& input = operand.shape;
    const auto& padding = settings.padding;
    for (std::size_t i = 0; i < 4; ++i) {
        if (padding[i] >= settings.kernel[i % 2]) {
            return shapeError("{}: a padding of {} leaves windows of {} empty", op, padding[i], settings.kernel[i % 2]);
        }
    }
    TY_TRY(
        const std::int64_t height,
        windowExtent(op, input, 2, settings.kernel[0], settings.stride[0], 1, padding[0] + padding[2]));
    TY_TRY(
        const std::int64_t width,
        windowExtent(op, input, 3, settings.kernel[1], settings.stride[1], 1, padding[1] + padding[3]));
    return Shape{input[0], input[1], height, width};
}

Result<Specs> inferMaxPool(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<PoolAttributes>(attributes);
    TY_TRY(const Shape shape, pooledShape("maxPool2d", *operands[0], settings));
    if (settings.kernel[0] > std::numeric_limits<std::int32_t>::max() / settings.kernel[1]) {
        return shapeError(
            "maxPool2d: a window of {} x {} has more samples than can be counted in 32 bits",
            settings.kernel[0],
            settings.kernel[1]);
    }
    return Specs{{shape}, {shape, placeType(settings.kernel)}};
}

void differentiateMaxPool(GradientBuilder& builder, const Node& node)
{
    auto settings = node.as<PoolAttributes>();
    settings.resultShape = builder.graph().shape(node.inputs[0]);
    builder.addGradient(
        node.inputs[0],
        builder.apply(OpKind::MaxPoolGrad, {builder.gradientOf(node.outputs[0]), node.outputs[1]}, settings));
}

OnnxForm poolOnnx(const char* type, const Node& node)
{
    const auto& settings = node.as<PoolAttributes>();
    OnnxForm form{type};
    form.attributes["kernel_shape"] = settings.kernel;
    form.attributes["strides"] = settings.stride;
    form.attributes["pads"] = settings.padding;
    return form;
}

Result<Specs> inferAveragePool(const Operands& operands, const Attributes& attributes)
{
    TY_TRY(const Shape shape, pooledShape("averagePool2d", *operands[0], std::get<PoolAttributes>(attributes)));
    return Specs{{shape}};
}

void differentiateAveragePool(GradientBuilder& builder, const Node& node)
{
    auto settings = node.as<PoolAttributes>();
    settings.resultShape = builder.graph().shape(node.inputs[0]);
    builder.addGradient(
        node.inputs[0], builder.apply(OpKind::AveragePoolGrad, {builder.gradientOf(node.outputs[0])}, settings));
}

Result<Specs> inferGlobalAveragePool(const Operands& operands, const Attributes& /*attributes*/)
{
    TY_CHECK(checkPicture("globalAveragePool2d", *operands[0]));
    return Specs{{{operands[0]->shape[0], operands[0]->shape[1]}}};
}

void differentiateGlobalAveragePool(GradientBuilder& builder, const Node& node)
{
    const ShapeAttributes shape{builder.graph().shape(node.inputs[0])};
    builder.addGradient(
        node.inputs[0], builder.apply(OpKind::GlobalAveragePoolGrad, {builder.gradientOf(node.outputs[0])}, shape));
}

} // namespace

OpRule maxPool()
{
    return {
        "MaxPool",
        inferMaxPool,
        differentiateMaxPool,
        [](const Node& node) { return poolOnnx("MaxPool", node); },
        LayoutRule::Follow};
}

OpRule maxPoolGrad()
{
    return {"MaxPoolGrad", givenShape<PoolAttributes>, nullptr, nullptr, LayoutRule::Follow};
}

OpRule averagePool()
{
    return {
        "AveragePool",
        inferAveragePool,
        differentiateAveragePool,
        [](const Node& node) { return poolOnnx("AveragePool", node); },
        LayoutRule::Follow};
}

OpRule averagePoolGrad()
{
    return {"AveragePoolGrad", givenShape<PoolAttributes>, nullptr, nullptr, LayoutRule::Follow};
}

OpRule globalAveragePool()
{
    // ONNX keeps {N, C, 1, 1}; a Flatten follows.
    return {
        "GlobalAveragePool",
        inferGlobalAveragePool,
        differentiateGlobalAveragePool,
        [](const Node&) { return OnnxForm{"GlobalAveragePool"}; },
        LayoutRule::Any};
}

OpRule globalAveragePoolGrad()
{
    return {"GlobalAveragePoolGrad", givenShape<ShapeAttributes>, nullptr, nullptr, LayoutRule::Any};
}

} // namespace ty::engine::ops
