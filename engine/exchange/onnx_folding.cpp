#include "engine/exchange/onnx_folding.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_numbers.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxFolded = std::int64_t{1} << 24; // more is a weight, and weights are stored as they are used
constexpr double kMaxWhole = 9.0e15;                        // whole numbers below are exact in float64

Result<OnnxArray> arrayOf(OnnxNumbers numbers)
{
    OnnxArray array{std::move(numbers.shape), std::vector<float>()};
    if (!numbers.isWhole) {
        std::vector<float> floats;
        for (const double value : numbers.values) {
            floats.push_back(static_cast<float>(value));
        }
        array.data = std::move(floats);
        return array;
    }
    std::vector<std::int64_t> whole;
    for (const double value : numbers.values) {
        if (!(std::abs(value) <= 9.3e18)) {
            return onnxError("a whole number is out of range");
        }
        // INT64_MAX stands for "to the end"; it is not exact in float64.
        whole.push_back(static_cast<std::int64_t>(std::clamp(value, -kMaxWhole, kMaxWhole)));
    }
    array.data = std::move(whole);
    return array;
}

Result<Shape> broadcastShape(const Shape& a, const Shape& b)
{
    Shape result(std::max(a.size(), b.size()), 1);
    for (std::size_t i = 1; i <= result.size(); ++i) {
        const std::int64_t left = i <= a.size() ? a[a.size() - i] : 1;
        const std::int64_t right = i <= b.size() ? b[b.size() - i] : 1;
        if (left != right && left != 1 && right != 1) {
            return onnxError(fmt::format("shapes {} and {} do not fit", toString(a), toString(b)));
        }
        result[result.size() - i] = left == 1 ? right : left;
    }
    TY_CHECK(onnxFoldedSize(result));
    return result;
}

OnnxNumbers broadcastTo(const OnnxNumbers& src, const Shape& shape)
{
    const auto strides = onnxStrides(src.shape);
    return pickedNumbers(src, shape, [&](const std::vector<std::int64_t>& place) {
        std::size_t index = 0;
        for (std::size_t i = 0; i < src.shape.size(); ++i) {
            const std::size_t axis = place.size() - src.shape.size() + i;
            index += src.shape[i] == 1 ? 0 : static_cast<std::size_t>(place[axis]) * strides[i];
        }
        return index;
    });
}

Result<OnnxNumbers> arithmetic(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const OnnxNumbers a, onnxNumbers(inputs.empty() ? nullptr : inputs[0]));
    TY_TRY(const OnnxNumbers b, onnxNumbers(inputs.size() < 2 ? nullptr : inputs[1]));
    TY_TRY(const Shape shape, broadcastShape(a.shape, b.shape));
    const OnnxNumbers left = broadcastTo(a, shape);
    const OnnxNumbers right = broadcastTo(b, shape);
    OnnxNumbers result{shape, std::vector<double>(left.values.size()), a.isWhole && b.isWhole};
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        const double x = left.values[i];
        const double y = right.values[i];
        double& to = result.values[i];
        if (node.type == "Add") {
            to = x + y;
        } else if (node.type == "Sub") {
            to = x - y;
        } else if (node.type == "Mul") {
            to = x * y;
        } else if (node.type == "Pow") {
            to = std::pow(x, y);
        } else if (node.type == "Equal") {
            to = x == y ? 1 : 0;
        } else {
            if (result.isWhole && y == 0) {
                return onnxError("a division by zero");
            }
            to = result.isWhole ? std::trunc(x / y) : x / y;
        }
    }
    result.isWhole = result.isWhole || node.type == "Equal";
    return result;
}

Result<OnnxArray> constantOf(const OnnxNode& node)
{
    if (const auto tensor = node.tensors.find("value"); tensor != node.tensors.end()) {
        return tensor->second;
    }
    if (const auto found = node.integers.find("value_int"); found != node.integers.end()) {
        return OnnxArray{{}, std::vector<std::int64_t>{found->second}};
    }
    if (const auto found = node.floats.find("value_float"); found != node.floats.end()) {
        return OnnxArray{{}, std::vector<float>{found->second}};
    }
    if (const auto found = node.integerLists.find("value_ints"); found != node.integerLists.end()) {
        return OnnxArray{{static_cast<std::int64_t>(found->second.size())}, found->second};
    }
    if (const auto found = node.floatLists.find("value_floats"); found != node.floatLists.end()) {
        return OnnxArray{{static_cast<std::int64_t>(found->second.size())}, found->second};
    }
    return onnxError("a constant without a value");
}

Result<OnnxNumbers> filled(const OnnxNode& node, const OnnxNumbers& src)
{
    Shape shape;
    for (const double extent : src.values) {
        if (!(extent >= 0 && extent <= static_cast<double>(kMaxFolded))) {
            return onnxError("an extent is not possible");
        }
        shape.push_back(static_cast<std::int64_t>(extent));
    }
    TY_TRY(const auto size, onnxFoldedSize(shape));
    double value = 0;
    bool isWhole = false;
    if (const auto tensor = node.tensors.find("value"); tensor != node.tensors.end()) {
        TY_TRY(const OnnxNumbers given, onnxNumbers(&tensor->second));
        if (given.values.size() != 1) {
            return onnxError("the value is not one number");
        }
        value = given.values.front();
        isWhole = given.isWhole;
    }
    return OnnxNumbers{std::move(shape), std::vector<double>(size, value), isWhole};
}

Result<OnnxNumbers> where(const OnnxNumbers& condition, const OnnxArguments& inputs)
{
    TY_TRY(const OnnxNumbers yes, onnxNumbers(inputs.size() < 3 ? nullptr : inputs[1]));
    TY_TRY(const OnnxNumbers no, onnxNumbers(inputs[2]));
    TY_TRY(Shape shape, broadcastShape(condition.shape, yes.shape));
    TY_TRY(shape, broadcastShape(shape, no.shape));
    const OnnxNumbers choices = broadcastTo(condition, shape);
    OnnxNumbers result = broadcastTo(yes, shape);
    const OnnxNumbers others = broadcastTo(no, shape);
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        result.values[i] = choices.values[i] != 0 ? result.values[i] : others.values[i];
    }
    result.isWhole = yes.isWhole && no.isWhole;
    return result;
}

Result<OnnxNumbers> expanded(const OnnxNumbers& src, const OnnxArguments& inputs)
{
    if (inputs.size() < 2 || inputs[1] == nullptr) {
        return onnxError("the new shape is missing");
    }
    TY_TRY(const Shape target, onnxIntegers(*inputs[1]));
    TY_CHECK(onnxFoldedSize(target));
    TY_TRY(const Shape shape, broadcastShape(src.shape, target));
    return broadcastTo(src, shape);
}

Result<OnnxNumbers> computed(const OnnxNode& node, const OnnxArguments& inputs)
{
    static const std::set<std::string> pairs{"Add", "Sub", "Mul", "Div", "Pow", "Equal"};
    if (pairs.contains(node.type)) {
        return arithmetic(node, inputs);
    }
    if (node.type == "Concat") {
        return joinedNumbers(node, inputs);
    }
    TY_TRY(OnnxNumbers src, onnxNumbers(inputs.empty() ? nullptr : inputs[0]));
    if (node.type == "ConstantOfShape") {
        return filled(node, src);
    }
    if (node.type == "Expand") {
        return expanded(src, inputs);
    }
    if (node.type == "Gather") {
        return gatheredNumbers(node, src, inputs);
    }
    if (node.type == "Slice") {
        return slicedNumbers(node, src, inputs);
    }
    if (node.type == "Transpose") {
        return transposedNumbers(node, src);
    }
    if (node.type == "Where") {
        return where(src, inputs);
    }
    if (node.type == "Reshape" || node.type == "Squeeze" || node.type == "Unsqueeze") {
        return reshapedNumbers(node, std::move(src), inputs);
    }
    for (double& value : src.values) {
        if (node.type == "Neg") {
            value = -value;
        } else if (node.type == "Sqrt") {
            value = std::sqrt(value);
        } else if (node.type == "Floor") {
            value = std::floor(value);
        }
    }
    if (node.type == "Cast") {
        const std::int64_t to = node.integer("to", 1);
        src.isWhole = to != 1 && to != 10 && to != 11; // the floating types
        for (double& value : src.values) {
            value = src.isWhole ? std::trunc(value) : value;
        }
    }
    return src;
}

} // namespace

Result<std::size_t> onnxFoldedSize(const Shape& shape)
{
    std::int64_t size = 1;
    for (const auto extent : shape) {
        if (extent < 0 || __builtin_mul_overflow(size, extent, &size) || size > kMaxFolded) {
            return onnxError(fmt::format("a constant of shape {} is not possible here", toString(shape)));
        }
    }
    return static_cast<std::size_t>(size);
}

Result<OnnxNumbers> onnxNumbers(const OnnxArray* array)
{
    if (array == nullptr) {
        return onnxError("an input is missing");
    }
    TY_TRY(const auto size, onnxFoldedSize(array->shape));
    OnnxNumbers numbers{array->shape, {}, true};
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&array->data)) {
        numbers.values.assign(whole->begin(), whole->end());
    } else if (const auto* flags = std::get_if<std::vector<std::uint8_t>>(&array->data)) {
        numbers.values.assign(flags->begin(), flags->end());
    } else if (const auto* wide = std::get_if<std::vector<double>>(&array->data)) {
        numbers.values = *wide;
        numbers.isWhole = false;
    } else if (const auto* floats = std::get_if<std::vector<float>>(&array->data)) {
        numbers.values.assign(floats->begin(), floats->end());
        numbers.isWhole = false;
    } else {
        return onnxError("texts where numbers are expected");
    }
    if (numbers.values.size() != size) {
        return onnxError("a constant does not fit its shape");
    }
    return numbers;
}

bool isOnnxFoldable(const std::string& type)
{
    static const std::set<std::string> types{
        "Constant", "Shape", "ConstantOfShape", "Expand", "Add", "Sub", "Mul", "Div", "Pow", "Equal", "Neg", "Sqrt", "Floor",
        "Cast", "Identity", "Concat", "Gather", "Slice", "Squeeze", "Unsqueeze", "Reshape", "Transpose", "Where"};
    return types.contains(type);
}

Result<OnnxArray> foldOnnxNode(const OnnxNode& node, const OnnxArguments& inputs)
{
    if (node.type == "Constant") {
        return constantOf(node);
    }
    if (node.type == "Identity" && !inputs.empty() && inputs[0] != nullptr) {
        return *inputs[0];
    }
    TY_TRY(auto numbers, computed(node, inputs));
    return arrayOf(std::move(numbers));
}

} // namespace ty::engine
