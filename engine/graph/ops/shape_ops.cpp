#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

Result<Specs> inferConcat(const Operands& operands, const Attributes& attributes)
{
    const std::int64_t axis = std::get<AxisAttributes>(attributes).axis;
    TY_CHECK(checkAxis("concat", *operands[0], axis));
    const auto at = static_cast<std::size_t>(axis);
    Shape shape = operands[0]->shape;
    for (std::size_t i = 1; i < operands.size(); ++i) {
        Shape other = operands[i]->shape;
        const bool isSameRank = other.size() == shape.size();
        const std::int64_t extent = isSameRank ? other[at] : 0;
        if (isSameRank) {
            other[at] = shape[at];
        }
        if (!isSameRank || other != shape) {
            return shapeError(
                "concat: the shapes {} and {} differ in more than axis {}",
                toString(operands[0]->shape),
                toString(operands[i]->shape),
                axis);
        }
        shape[at] += extent;
    }
    return Specs{{shape}};
}

void differentiateConcat(GradientBuilder& builder, const Node& node)
{
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    const std::int64_t axis = node.as<AxisAttributes>().axis;
    std::int64_t begin = 0;
    for (const ValueId input : node.inputs) {
        const std::int64_t count = builder.graph().shape(input)[static_cast<std::size_t>(axis)];
        if (builder.isWanted(input)) {
            builder.addGradient(input, builder.apply(OpKind::Slice, {grad}, SliceAttributes{axis, begin, count}));
        }
        begin += count;
    }
}

Result<Specs> inferSlice(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<SliceAttributes>(attributes);
    TY_CHECK(checkAxis("slice", *operands[0], settings.axis));
    Shape shape = operands[0]->shape;
    std::int64_t& extent = shape[static_cast<std::size_t>(settings.axis)];
    if (settings.begin < 0 || settings.count < 1 || settings.begin + settings.count > extent) {
        return shapeError(
            "slice: places {} to {} of axis {} are not in {}",
            settings.begin,
            settings.begin + settings.count,
            settings.axis,
            toString(operands[0]->shape));
    }
    extent = settings.count;
    return Specs{{shape}};
}

void differentiateSlice(GradientBuilder& builder, const Node& node)
{
    auto settings = node.as<SliceAttributes>();
    settings.count = builder.graph().shape(node.inputs[0])[static_cast<std::size_t>(settings.axis)];
    builder.addGradient(node.inputs[0], builder.apply(OpKind::Pad, {builder.gradientOf(node.outputs[0])}, settings));
}

Result<Specs> inferPad(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<SliceAttributes>(attributes);
    TY_CHECK(checkAxis("pad", *operands[0], settings.axis));
    Shape shape = operands[0]->shape;
    std::int64_t& extent = shape[static_cast<std::size_t>(settings.axis)];
    if (settings.begin < 0 || settings.begin + extent > settings.count) {
        return shapeError(
            "pad: {} from place {} of axis {} on does not fit into {}",
            toString(operands[0]->shape),
            settings.begin,
            settings.axis,
            settings.count);
    }
    extent = settings.count;
    return Specs{{shape}};
}

void differentiatePad(GradientBuilder& builder, const Node& node)
{
    auto settings = node.as<SliceAttributes>();
    settings.count = builder.graph().shape(node.inputs[0])[static_cast<std::size_t>(settings.axis)];
    builder.addGradient(node.inputs[0], builder.apply(OpKind::Slice, {builder.gradientOf(node.outputs[0])}, settings));
}

Result<Specs> inferReshape(const Operands& operands, const Attributes& attributes)
{
    const Shape& shape = std::get<ShapeAttributes>(attributes).resultShape;
    if (elementCount(shape) != operands[0]->size()) {
        return shapeError(
            "reshape: {} and {} hold different numbers of values", toString(operands[0]->shape), toString(shape));
    }
    return Specs{{shape}};
}

void differentiateReshape(GradientBuilder& builder, const Node& node)
{
    const ShapeAttributes shape{builder.graph().shape(node.inputs[0])};
    builder.addGradient(
        node.inputs[0], builder.apply(OpKind::Reshape, {builder.gradientOf(node.outputs[0])}, shape));
}

} // namespace

OpRule concat()
{
    return {
        "Concat",
        inferConcat,
        differentiateConcat,
        [](const Node& node) { return OnnxForm{"Concat", {{"axis", node.as<AxisAttributes>().axis}}}; },
        LayoutRule::Plain};
}

OpRule slice()
{
    // starts and ends are operands in ONNX.
    return {"Slice", inferSlice, differentiateSlice, [](const Node&) { return OnnxForm{"Slice"}; }, LayoutRule::Plain};
}

OpRule pad()
{
    // The widths are an operand in ONNX.
    return {"Pad", inferPad, differentiatePad, [](const Node&) { return OnnxForm{"Pad"}; }, LayoutRule::Plain};
}

OpRule reshape()
{
    // The shape is an operand in ONNX.
    return {
        "Reshape", inferReshape, differentiateReshape, [](const Node&) { return OnnxForm{"Reshape"}; }, LayoutRule::Plain};
}

OpRule reorder()
{
    return {"Reorder", sameAsFirst, nullptr, nullptr, LayoutRule::Chosen};
}

OpRule cast()
{
    const auto infer = [](const Operands& operands, const Attributes& attributes) -> Result<Specs> {
        return Specs{{operands[0]->shape, std::get<CastAttributes>(attributes).dtype}};
    };
    return {"Cast", infer, nullptr, nullptr, LayoutRule::Follow};
}

} // namespace ty::engine::ops
