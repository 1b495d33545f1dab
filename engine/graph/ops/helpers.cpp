#include "engine/graph/ops/rules.h"

namespace ty::engine::ops {

Result<Specs> sameAsFirst(const Operands& operands, const Attributes& /*attributes*/)
{
    return Specs{{operands[0]->shape}};
}

Result<void> checkAxis(const char* op, const Value& operand, std::int64_t axis)
{
    if (axis < 1 || axis >= static_cast<std::int64_t>(operand.shape.size())) {
        return shapeError("{}: {} has no axis {} beside the batch", op, toString(operand.shape), axis);
    }
    return {};
}

Result<void> checkPicture(const char* op, const Value& operand)
{
    if (operand.shape.size() != 4) {
        return shapeError(
            "{} needs pictures (batch, channels, height, width), the input is {}", op, toString(operand.shape));
    }
    return {};
}

Result<std::int64_t> windowExtent(
    const char* op,
    const Shape& input,
    std::size_t axis,
    std::int64_t kernel,
    std::int64_t stride,
    std::int64_t dilation,
    std::int64_t padding)
{
    const std::int64_t window = (kernel - 1) * dilation + 1;
    if (input[axis] + padding < window) {
        return shapeError(
            "{}: a window of {} {} does not fit into {} padded by {}",
            op,
            window,
            axis == 2 ? "rows" : "columns",
            toString(input),
            padding);
    }
    return (input[axis] + padding - window) / stride + 1;
}

} // namespace ty::engine::ops
