#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

Result<Specs> inferConcat(const Operands& operands, const Attributes& /*attributes*/)
{
    Shape shape = operands[0]->shape;
    for (std::size_t i = 1; i < operands.size(); ++i) {
        Shape other = operands[i]->shape;
        const bool isSameRank = other.size() == shape.size() && shape.size() >= 2;
        const std::int64_t channels = isSameRank ? other[1] : 0;
        if (isSameRank) {
            other[1] = shape[1];
        }
        if (!isSameRank || other != shape) {
            return shapeError(
                "concat: the shapes {} and {} differ in more than the channels",
                toString(operands[0]->shape),
                toString(operands[i]->shape));
        }
        shape[1] += channels;
    }
    return Specs{{shape}};
}

void differentiateConcat(GradientBuilder& builder, const Node& node)
{
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    std::int64_t begin = 0;
    for (const ValueId input : node.inputs) {
        const std::int64_t count = builder.graph().shape(input)[1];
        if (builder.isWanted(input)) {
            builder.addGradient(input, builder.apply(OpKind::Slice, {grad}, SliceAttributes{begin, count}));
        }
        begin += count;
    }
}

Result<Specs> inferSlice(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<SliceAttributes>(attributes);
    Shape shape = operands[0]->shape;
    if (shape.size() < 2 || settings.begin < 0 || settings.count < 1 || settings.begin + settings.count > shape[1]) {
        return shapeError(
            "slice: channels {} to {} are not in {}",
            settings.begin,
            settings.begin + settings.count,
            toString(operands[0]->shape));
    }
    shape[1] = settings.count;
    return Specs{{shape}};
}

void differentiateSlice(GradientBuilder& builder, const Node& node)
{
    const auto& settings = node.as<SliceAttributes>();
    const std::int64_t channels = builder.graph().shape(node.inputs[0])[1];
    builder.addGradient(
        node.inputs[0],
        builder.apply(
            OpKind::Pad, {builder.gradientOf(node.outputs[0])}, SliceAttributes{settings.begin, channels}));
}

Result<Specs> inferPad(const Operands& operands, const Attributes& attributes)
{
    Shape shape = operands[0]->shape;
    shape[1] = std::get<SliceAttributes>(attributes).count;
    return Specs{{shape}};
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
        [](const Node&) { return OnnxForm{"Concat", {{"axis", 1}}}; },
        LayoutRule::Plain};
}

OpRule slice()
{
    // starts and ends are operands in ONNX.
    return {"Slice", inferSlice, differentiateSlice, [](const Node&) { return OnnxForm{"Slice"}; }, LayoutRule::Plain};
}

OpRule pad()
{
    return {"Pad", inferPad, nullptr, nullptr, LayoutRule::Plain};
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

} // namespace ty::engine::ops
