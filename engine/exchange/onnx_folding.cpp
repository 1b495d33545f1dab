#include "engine/exchange/onnx_folding.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxFolded = std::int64_t{1} << 24; // more is a weight, and weights are stored as they are used
constexpr double kMaxWhole = 9.0e15;                        // whole numbers below are exact in float64
constexpr std::int64_t kMaxTaken = std::int64_t{1} << 40;

/// float64 while it is computed with: exact for float32 and for the whole numbers of shapes.
struct Numbers {
    Shape shape;
    std::vector<double> values;
    bool isWhole = false;
};

Result<std::size_t> foldedSize(const Shape& shape)
{
    std::int64_t size = 1;
    for (const auto extent : shape) {
        if (extent < 0 || __builtin_mul_overflow(size, extent, &size) || size > kMaxFolded) {
            return onnxError(fmt::format("a constant of shape {} is not possible here", toString(shape)));
        }
    }
    return static_cast<std::size_t>(size);
}

Result<Numbers> numbersOf(const OnnxArray* array)
{
    if (array == nullptr) {
        return onnxError("an input is missing");
    }
    TY_TRY(const auto size, foldedSize(array->shape));
    Numbers numbers{array->shape, {}, true};
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

Result<OnnxArray> arrayOf(Numbers numbers)
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

/// A result whose element at each place is the source's at another.
Numbers picked(
    const Numbers& src, Shape shape, const std::function<std::size_t(const std::vector<std::int64_t>&)>& sourceOf)
{
    Numbers result{std::move(shape), {}, src.isWhole};
    const std::int64_t size = elementCount(result.shape);
    std::vector<std::int64_t> place(result.shape.size(), 0);
    result.values.reserve(static_cast<std::size_t>(size));
    for (std::int64_t i = 0; i < size; ++i) {
        result.values.push_back(src.values[sourceOf(place)]);
        for (std::size_t axis = place.size(); axis-- > 0;) {
            if (++place[axis] < result.shape[axis]) {
                break;
            }
            place[axis] = 0;
        }
    }
    return result;
}

std::vector<std::size_t> stridesOf(const Shape& shape)
{
    std::vector<std::size_t> strides(shape.size(), 1);
    for (std::size_t axis = shape.size(); axis-- > 1;) {
        strides[axis - 1] = strides[axis] * static_cast<std::size_t>(shape[axis]);
    }
    return strides;
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
    TY_CHECK(foldedSize(result));
    return result;
}

Numbers broadcastTo(const Numbers& src, const Shape& shape)
{
    const auto strides = stridesOf(src.shape);
    return picked(src, shape, [&](const std::vector<std::int64_t>& place) {
        std::size_t index = 0;
        for (std::size_t i = 0; i < src.shape.size(); ++i) {
            const std::size_t axis = place.size() - src.shape.size() + i;
            index += src.shape[i] == 1 ? 0 : static_cast<std::size_t>(place[axis]) * strides[i];
        }
        return index;
    });
}

Result<Numbers> arithmetic(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const Numbers a, numbersOf(inputs.empty() ? nullptr : inputs[0]));
    TY_TRY(const Numbers b, numbersOf(inputs.size() < 2 ? nullptr : inputs[1]));
    TY_TRY(const Shape shape, broadcastShape(a.shape, b.shape));
    const Numbers left = broadcastTo(a, shape);
    const Numbers right = broadcastTo(b, shape);
    Numbers result{shape, std::vector<double>(left.values.size()), a.isWhole && b.isWhole};
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

Result<Numbers> gather(const OnnxNode& node, const Numbers& src, const OnnxArguments& inputs)
{
    TY_TRY(const auto indices, numbersOf(inputs.size() < 2 ? nullptr : inputs[1]));
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", 0), src.shape.size()));
    Shape shape(src.shape.begin(), src.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
    shape.insert(shape.end(), src.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, src.shape.end());
    TY_CHECK(foldedSize(shape));
    const auto extent = static_cast<double>(src.shape[axis]);
    for (const double index : indices.values) {
        if (index < -extent || index >= extent || index != std::trunc(index)) {
            return onnxError(fmt::format("index {} is outside {}", index, toString(src.shape)));
        }
    }
    const auto strides = stridesOf(src.shape);
    const auto indexStrides = stridesOf(indices.shape);
    return picked(src, shape, [&](const std::vector<std::int64_t>& place) {
        std::size_t index = 0;
        for (std::size_t i = 0; i < axis; ++i) {
            index += static_cast<std::size_t>(place[i]) * strides[i];
        }
        std::size_t number = 0;
        for (std::size_t i = 0; i < indexStrides.size(); ++i) {
            number += static_cast<std::size_t>(place[axis + i]) * indexStrides[i];
        }
        const double chosen = indices.values[number];
        index += static_cast<std::size_t>(chosen < 0 ? chosen + extent : chosen) * strides[axis];
        for (std::size_t i = axis + 1; i < src.shape.size(); ++i) {
            index += static_cast<std::size_t>(place[i - 1 + indexStrides.size()]) * strides[i];
        }
        return index;
    });
}

Result<Numbers> concat(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const Numbers first, numbersOf(inputs.empty() ? nullptr : inputs[0]));
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", 0), first.shape.size()));
    Numbers result{first.shape, {}, true};
    result.shape[axis] = 0;
    std::vector<Numbers> all;
    for (const auto* input : inputs) {
        TY_TRY(all.emplace_back(), numbersOf(input));
        Shape rest = all.back().shape;
        if (rest.size() == first.shape.size()) {
            rest[axis] = first.shape[axis];
        }
        if (rest != first.shape) {
            return onnxError(fmt::format("{} does not fit {}", toString(all.back().shape), toString(first.shape)));
        }
        result.shape[axis] += all.back().shape[axis];
        result.isWhole = result.isWhole && all.back().isWhole;
    }
    TY_TRY(const auto size, foldedSize(result.shape));
    const std::size_t inner = stridesOf(first.shape)[axis];
    const std::size_t row = static_cast<std::size_t>(result.shape[axis]) * inner;
    for (std::size_t outer = 0; row > 0 && outer < size / row; ++outer) {
        for (const auto& part : all) {
            const std::size_t width = static_cast<std::size_t>(part.shape[axis]) * inner;
            const auto begin = part.values.begin() + static_cast<std::ptrdiff_t>(outer * width);
            result.values.insert(result.values.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
        }
    }
    return result;
}

Result<Numbers> slice(const OnnxNode& node, const Numbers& src, const OnnxArguments& inputs)
{
    std::vector<std::vector<std::int64_t>> lists;
    const char* const names[] = {"starts", "ends", "axes", "steps"};
    for (std::size_t i = 0; i < 4; ++i) {
        TY_TRY(auto list, onnxList(node, names[i], i + 1 < inputs.size() ? inputs[i + 1] : nullptr));
        lists.push_back(std::move(list).value_or(std::vector<std::int64_t>()));
    }
    TY_TRY(const auto ranges, onnxRanges(src.shape, lists));
    Shape shape = src.shape;
    std::vector<OnnxRange> taken(shape.size());
    for (const auto& range : ranges) {
        shape[range.axis] = range.count;
        taken[range.axis] = range;
    }
    const auto strides = stridesOf(src.shape);
    return picked(src, shape, [&](const std::vector<std::int64_t>& place) {
        std::size_t index = 0;
        for (std::size_t i = 0; i < place.size(); ++i) {
            index += static_cast<std::size_t>(taken[i].begin + place[i] * taken[i].step) * strides[i];
        }
        return index;
    });
}

Result<Numbers> reshapedNumbers(const OnnxNode& node, Numbers src, const OnnxArguments& inputs)
{
    const OnnxArray* second = inputs.size() > 1 ? inputs[1] : nullptr;
    if (node.type == "Reshape") {
        TY_TRY(const auto target, onnxList(node, "shape", second));
        if (!target) {
            return onnxError("the new shape is missing");
        }
        TY_TRY(src.shape, onnxReshaped(src.shape, *target, node.integer("allowzero", 0) != 0));
        return src;
    }
    TY_TRY(const auto axes, onnxList(node, "axes", second));
    if (node.type == "Squeeze") {
        std::set<std::size_t> gone;
        for (const auto axis : axes.value_or(std::vector<std::int64_t>())) {
            TY_TRY(const std::size_t place, onnxAxis(axis, src.shape.size()));
            gone.insert(place);
        }
        Shape shape;
        for (std::size_t i = 0; i < src.shape.size(); ++i) {
            const bool isGone = axes ? gone.contains(i) : src.shape[i] == 1;
            if (!isGone) {
                shape.push_back(src.shape[i]);
            } else if (src.shape[i] != 1) {
                return onnxError(fmt::format("axis {} of {} is not 1", i, toString(src.shape)));
            }
        }
        src.shape = std::move(shape);
        return src;
    }
    if (!axes || axes->size() > 16) {
        return onnxError("needs its axes");
    }
    std::set<std::size_t> added;
    for (const auto axis : *axes) {
        TY_TRY(const std::size_t place, onnxAxis(axis, src.shape.size() + axes->size()));
        added.insert(place);
    }
    for (const std::size_t place : added) {
        src.shape.insert(src.shape.begin() + static_cast<std::ptrdiff_t>(std::min(place, src.shape.size())), 1);
    }
    return src;
}

Result<Numbers> transposed(const OnnxNode& node, const Numbers& src)
{
    std::vector<std::int64_t> order;
    for (std::size_t i = src.shape.size(); i-- > 0;) {
        order.push_back(static_cast<std::int64_t>(i));
    }
    if (const auto given = node.integerLists.find("perm"); given != node.integerLists.end()) {
        if (!std::is_permutation(given->second.begin(), given->second.end(), order.begin(), order.end())) {
            return onnxError(fmt::format("the order {} does not fit {}", toString(given->second), toString(src.shape)));
        }
        order = given->second;
    }
    Shape shape;
    for (const auto axis : order) {
        shape.push_back(src.shape[static_cast<std::size_t>(axis)]);
    }
    const auto strides = stridesOf(src.shape);
    return picked(src, shape, [&](const std::vector<std::int64_t>& place) {
        std::size_t index = 0;
        for (std::size_t i = 0; i < place.size(); ++i) {
            index += static_cast<std::size_t>(place[i]) * strides[static_cast<std::size_t>(order[i])];
        }
        return index;
    });
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

Result<Numbers> filled(const OnnxNode& node, const Numbers& src)
{
    Shape shape;
    for (const double extent : src.values) {
        if (!(extent >= 0 && extent <= static_cast<double>(kMaxFolded))) {
            return onnxError("an extent is not possible");
        }
        shape.push_back(static_cast<std::int64_t>(extent));
    }
    TY_TRY(const auto size, foldedSize(shape));
    double value = 0;
    bool isWhole = false;
    if (const auto tensor = node.tensors.find("value"); tensor != node.tensors.end()) {
        TY_TRY(const Numbers given, numbersOf(&tensor->second));
        if (given.values.size() != 1) {
            return onnxError("the value is not one number");
        }
        value = given.values.front();
        isWhole = given.isWhole;
    }
    return Numbers{std::move(shape), std::vector<double>(size, value), isWhole};
}

Result<Numbers> where(const Numbers& condition, const OnnxArguments& inputs)
{
    TY_TRY(const Numbers yes, numbersOf(inputs.size() < 3 ? nullptr : inputs[1]));
    TY_TRY(const Numbers no, numbersOf(inputs[2]));
    TY_TRY(Shape shape, broadcastShape(condition.shape, yes.shape));
    TY_TRY(shape, broadcastShape(shape, no.shape));
    const Numbers choices = broadcastTo(condition, shape);
    Numbers result = broadcastTo(yes, shape);
    const Numbers others = broadcastTo(no, shape);
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        result.values[i] = choices.values[i] != 0 ? result.values[i] : others.values[i];
    }
    result.isWhole = yes.isWhole && no.isWhole;
    return result;
}

Result<Numbers> expanded(const Numbers& src, const OnnxArguments& inputs)
{
    if (inputs.size() < 2 || inputs[1] == nullptr) {
        return onnxError("the new shape is missing");
    }
    TY_TRY(const Shape target, onnxIntegers(*inputs[1]));
    TY_CHECK(foldedSize(target));
    TY_TRY(const Shape shape, broadcastShape(src.shape, target));
    return broadcastTo(src, shape);
}

Result<Numbers> computed(const OnnxNode& node, const OnnxArguments& inputs)
{
    static const std::set<std::string> pairs{"Add", "Sub", "Mul", "Div", "Pow", "Equal"};
    if (pairs.contains(node.type)) {
        return arithmetic(node, inputs);
    }
    if (node.type == "Concat") {
        return concat(node, inputs);
    }
    TY_TRY(Numbers src, numbersOf(inputs.empty() ? nullptr : inputs[0]));
    if (node.type == "ConstantOfShape") {
        return filled(node, src);
    }
    if (node.type == "Expand") {
        return expanded(src, inputs);
    }
    if (node.type == "Gather") {
        return gather(node, src, inputs);
    }
    if (node.type == "Slice") {
        return slice(node, src, inputs);
    }
    if (node.type == "Transpose") {
        return transposed(node, src);
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

Result<std::vector<std::int64_t>> onnxIntegers(const OnnxArray& array)
{
    if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&array.data); whole != nullptr) {
        return *whole;
    }
    return onnxError("whole numbers are expected");
}

Result<std::size_t> onnxAxis(std::int64_t axis, std::size_t rank)
{
    const auto count = static_cast<std::int64_t>(rank);
    if (axis < -count || axis >= count) {
        return onnxError(fmt::format("there is no axis {} of {}", axis, rank));
    }
    return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

Result<Shape> onnxReshaped(const Shape& shape, const std::vector<std::int64_t>& target, bool isZeroKept)
{
    Shape result = target;
    std::int64_t known = 1;
    std::int64_t* unknown = nullptr;
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (result[i] == 0 && !isZeroKept && i < shape.size()) {
            result[i] = shape[i];
        }
        if (result[i] == -1 && unknown == nullptr) {
            unknown = &result[i];
        } else if (result[i] < 0 || __builtin_mul_overflow(known, result[i], &known)) {
            return onnxError(fmt::format("{} is no shape", toString(target)));
        }
    }
    const std::int64_t count = elementCount(shape);
    if (unknown != nullptr && known > 0) {
        *unknown = count / known;
        known *= *unknown;
    }
    if (known != count) {
        return onnxError(fmt::format("{} cannot become {}", toString(shape), toString(target)));
    }
    return result;
}

Result<std::vector<OnnxRange>> onnxRanges(const Shape& shape, const std::vector<std::vector<std::int64_t>>& lists)
{
    const auto& starts = lists[0];
    const auto& ends = lists[1];
    const auto& axes = lists[2];
    const auto& steps = lists[3];
    if (starts.size() != ends.size() || (!axes.empty() && axes.size() != starts.size())
        || (!steps.empty() && steps.size() != starts.size()) || starts.size() > shape.size()) {
        return onnxError("its places do not fit its axes");
    }
    std::vector<OnnxRange> ranges;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        OnnxRange range;
        TY_TRY(range.axis, onnxAxis(axes.empty() ? static_cast<std::int64_t>(i) : axes[i], shape.size()));
        range.step = steps.empty() ? 1 : steps[i];
        if (range.step < 1 || range.step > kMaxTaken) {
            return onnxError(fmt::format("a step of {} is not supported", range.step));
        }
        const std::int64_t extent = shape[range.axis];
        const auto placed = [extent](std::int64_t place) {
            const std::int64_t bounded = std::clamp(place, -kMaxTaken, kMaxTaken);
            return std::clamp<std::int64_t>(bounded < 0 ? bounded + extent : bounded, 0, extent);
        };
        range.begin = placed(starts[i]);
        range.count = std::max<std::int64_t>(0, (placed(ends[i]) - range.begin + range.step - 1) / range.step);
        ranges.push_back(range);
    }
    return ranges;
}

Result<std::optional<std::vector<std::int64_t>>> onnxList(
    const OnnxNode& node, const std::string& attribute, const OnnxArray* input)
{
    using Found = std::optional<std::vector<std::int64_t>>;
    if (const auto found = node.integerLists.find(attribute); found != node.integerLists.end()) {
        return Found(found->second);
    }
    if (input != nullptr) {
        TY_TRY(auto whole, onnxIntegers(*input));
        return Found(std::move(whole));
    }
    return Found();
}

} // namespace ty::engine
