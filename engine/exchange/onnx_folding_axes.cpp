#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_numbers.h"

// Operators that move constants along axes.
namespace ty::engine {

/// A result whose element at each place is the source's at another.
OnnxNumbers pickedNumbers(
    const OnnxNumbers& src, Shape shape, const std::function<std::size_t(const std::vector<std::int64_t>&)>& sourceOf)
{
    OnnxNumbers result{std::move(shape), {}, src.isWhole};
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

std::vector<std::size_t> onnxStrides(const Shape& shape)
{
    std::vector<std::size_t> strides(shape.size(), 1);
    for (std::size_t axis = shape.size(); axis-- > 1;) {
        strides[axis - 1] = strides[axis] * static_cast<std::size_t>(shape[axis]);
    }
    return strides;
}

Result<OnnxNumbers> gatheredNumbers(const OnnxNode& node, const OnnxNumbers& src, const OnnxArguments& inputs)
{
    TY_TRY(const auto indices, onnxNumbers(inputs.size() < 2 ? nullptr : inputs[1]));
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", 0), src.shape.size()));
    Shape shape(src.shape.begin(), src.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
    shape.insert(shape.end(), src.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, src.shape.end());
    TY_CHECK(onnxFoldedSize(shape));
    const auto extent = static_cast<double>(src.shape[axis]);
    for (const double index : indices.values) {
        if (index < -extent || index >= extent || index != std::trunc(index)) {
            return onnxError(fmt::format("index {} is outside {}", index, toString(src.shape)));
        }
    }
    const auto strides = onnxStrides(src.shape);
    const auto indexStrides = onnxStrides(indices.shape);
    return pickedNumbers(src, shape, [&](const std::vector<std::int64_t>& place) {
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

Result<OnnxNumbers> joinedNumbers(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const OnnxNumbers first, onnxNumbers(inputs.empty() ? nullptr : inputs[0]));
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", 0), first.shape.size()));
    OnnxNumbers result{first.shape, {}, true};
    result.shape[axis] = 0;
    std::vector<OnnxNumbers> all;
    for (const auto* input : inputs) {
        TY_TRY(all.emplace_back(), onnxNumbers(input));
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
    TY_TRY(const auto size, onnxFoldedSize(result.shape));
    const std::size_t inner = onnxStrides(first.shape)[axis];
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

Result<OnnxNumbers> slicedNumbers(const OnnxNode& node, const OnnxNumbers& src, const OnnxArguments& inputs)
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
    const auto strides = onnxStrides(src.shape);
    return pickedNumbers(src, shape, [&](const std::vector<std::int64_t>& place) {
        std::size_t index = 0;
        for (std::size_t i = 0; i < place.size(); ++i) {
            index += static_cast<std::size_t>(taken[i].begin + place[i] * taken[i].step) * strides[i];
        }
        return index;
    });
}

Result<OnnxNumbers> reshapedNumbers(const OnnxNode& node, OnnxNumbers src, const OnnxArguments& inputs)
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

Result<OnnxNumbers> transposedNumbers(const OnnxNode& node, const OnnxNumbers& src)
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
    const auto strides = onnxStrides(src.shape);
    return pickedNumbers(src, shape, [&](const std::vector<std::int64_t>& place) {
        std::size_t index = 0;
        for (std::size_t i = 0; i < place.size(); ++i) {
            index += static_cast<std::size_t>(place[i]) * strides[static_cast<std::size_t>(order[i])];
        }
        return index;
    });
}

} // namespace ty::engine
