#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_folding.h"

// Shapes, axes and places as nodes state them.
namespace ty::engine {

namespace {

constexpr std::int64_t kMaxTaken = std::int64_t{1} << 40;

} // namespace

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
        if (range.step == 0 || range.step < -kMaxTaken || range.step > kMaxTaken) {
            return onnxError(fmt::format("a step of {} is not possible", range.step));
        }
        const std::int64_t extent = shape[range.axis];
        const bool isBackwards = range.step < 0; // from the begin down to behind the end, which may be -1
        const auto placed = [extent](std::int64_t place, std::int64_t least, std::int64_t most) {
            const std::int64_t bounded = std::clamp(place, -kMaxTaken, kMaxTaken);
            return std::clamp<std::int64_t>(bounded < 0 ? bounded + extent : bounded, least, std::max(least, most));
        };
        range.begin = placed(starts[i], 0, isBackwards ? extent - 1 : extent);
        const std::int64_t end = placed(ends[i], isBackwards ? -1 : 0, isBackwards ? extent - 1 : extent);
        const std::int64_t distance = isBackwards ? range.begin - end : end - range.begin;
        const std::int64_t step = isBackwards ? -range.step : range.step;
        range.count = extent == 0 ? 0 : std::max<std::int64_t>(0, (distance + step - 1) / step);
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
