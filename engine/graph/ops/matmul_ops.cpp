#include <algorithm>

#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

namespace {

Result<Specs> inferMatMul(const Operands& operands, const Attributes& attributes)
{
    const auto& settings = std::get<MatMulAttributes>(attributes);
    const Shape& left = operands[0]->shape;
    const Shape& right = operands[1]->shape;
    const std::size_t rank = left.size();
    if (rank < 2 || right.size() != rank) {
        return shapeError("matmul needs two matrices, shapes {} and {}", toString(left), toString(right));
    }
    if (!std::equal(left.begin(), left.end() - 2, right.begin())) {
        return shapeError("matmul: the leading axes differ, shapes {} and {}", toString(left), toString(right));
    }
    const std::size_t last = rank - 1;
    const std::int64_t rows = left[settings.isLeftTransposed ? last : last - 1];
    const std::int64_t leftInner = left[settings.isLeftTransposed ? last - 1 : last];
    const std::int64_t rightInner = right[settings.isRightTransposed ? last : last - 1];
    const std::int64_t columns = right[settings.isRightTransposed ? last - 1 : last];
    if (leftInner != rightInner) {
        return shapeError(
            "matmul: inner dimensions {} and {} differ, shapes {} and {}",
            leftInner,
            rightInner,
            toString(left),
            toString(right));
    }
    if (operands.size() > 2 && (rank != 2 || operands[2]->shape != Shape{columns})) {
        return shapeError("matmul: the bias {} does not fit {} columns", toString(operands[2]->shape), columns);
    }
    Shape shape(left.begin(), left.end() - 2);
    shape.push_back(rows);
    shape.push_back(columns);
    if (!settings.hasBiasGrad) {
        return Specs{{shape}};
    }
    if (rank != 2 || !settings.isLeftTransposed) {
        return shapeError("matmul: sums are of a transposed left matrix, shapes {} and {}", toString(left), toString(right));
    }
    return Specs{{shape}, {Shape{rows}}};
}

/// d(a b) gives grad b^T and a^T grad; transposed operands swap the roles.
void differentiateMatMul(GradientBuilder& builder, const Node& node)
{
    const auto& settings = node.as<MatMulAttributes>();
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    const ValueId left = node.inputs[0];
    const ValueId right = node.inputs[1];
    if (builder.isWanted(left)) {
        const ValueId result = settings.isLeftTransposed
            ? builder.apply(OpKind::MatMul, {right, grad}, MatMulAttributes{settings.isRightTransposed, true, {}})
            : builder.apply(OpKind::MatMul, {grad, right}, MatMulAttributes{false, !settings.isRightTransposed, {}});
        builder.addGradient(left, result);
    }
    if (builder.isWanted(right)) {
        const ValueId result = settings.isRightTransposed
            ? builder.apply(OpKind::MatMul, {grad, left}, MatMulAttributes{true, settings.isLeftTransposed, {}})
            : builder.apply(OpKind::MatMul, {left, grad}, MatMulAttributes{!settings.isLeftTransposed, false, {}});
        builder.addGradient(right, result);
    }
}

/// Of matrices. The writer makes a MatMul of more axes, after a Transpose where an operand is transposed.
OnnxForm matMulOnnx(const Node& node)
{
    const auto& settings = node.as<MatMulAttributes>();
    OnnxForm form{"Gemm"};
    form.attributes["transA"] = settings.isLeftTransposed ? 1 : 0;
    form.attributes["transB"] = settings.isRightTransposed ? 1 : 0;
    return form;
}

Result<Specs> inferAddBias(const Operands& operands, const Attributes& /*attributes*/)
{
    const Shape& shape = operands[0]->shape;
    if (shape.size() < 2 || operands[1]->shape != Shape{shape[1]}) {
        return shapeError("a bias {} does not fit {}", toString(operands[1]->shape), toString(shape));
    }
    return Specs{{shape}};
}

void differentiateAddBias(GradientBuilder& builder, const Node& node)
{
    const ValueId grad = builder.gradientOf(node.outputs[0]);
    builder.addGradient(node.inputs[0], grad);
    if (builder.isWanted(node.inputs[1])) {
        builder.addGradient(node.inputs[1], builder.apply(OpKind::SumChannels, {grad}));
    }
}

Result<Specs> inferSumChannels(const Operands& operands, const Attributes& /*attributes*/)
{
    return Specs{{{operands[0]->shape[1]}}};
}

} // namespace

OpRule matMul()
{
    return {"MatMul", inferMatMul, differentiateMatMul, matMulOnnx, LayoutRule::Plain};
}

OpRule addBias()
{
    // A bias is added per channel: its ONNX operand is reshaped to {1, C, 1, 1} for pictures.
    return {
        "AddBias", inferAddBias, differentiateAddBias, [](const Node&) { return OnnxForm{"Add"}; }, LayoutRule::Follow};
}

OpRule sumChannels()
{
    return {"SumChannels", inferSumChannels, nullptr, nullptr, LayoutRule::Any};
}

} // namespace ty::engine::ops
