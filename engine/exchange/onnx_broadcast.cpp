#include "engine/exchange/onnx_broadcast.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

namespace ty::engine {

namespace {

constexpr std::int64_t kMostRepeated = std::int64_t{1} << 26; // a layer's result cannot be larger

/// As NumPy has it: axes of 1 fit any extent, counted from the last.
Result<Shape> commonShape(const std::vector<OnnxActivation>& values)
{
    Shape common;
    for (const auto& value : values) {
        const Shape shape = value.view.shape();
        Shape longer = shape;
        if (shape.size() < common.size()) {
            longer.insert(longer.begin(), common.size() - shape.size(), 1);
        }
        common.insert(common.begin(), longer.size() - common.size(), 1);
        for (std::size_t i = 0; i < common.size(); ++i) {
            if (common[i] != longer[i] && common[i] != 1 && longer[i] != 1) {
                return onnxUnsupported(fmt::format(
                    "{} and {} have different shapes", toString(values.front().view.shape()), toString(shape)));
            }
            common[i] = std::max(common[i], longer[i]);
        }
    }
    return common;
}

/// The parts of a range of the file's axes, without the batch.
AxisParts partsOf(const OnnxView& view, std::size_t begin, std::size_t end)
{
    const auto at = [&view](std::size_t axis) { return view.axes.begin() + static_cast<std::ptrdiff_t>(axis); };
    return OnnxView{{at(begin), at(end)}}.parts();
}

} // namespace

Result<OnnxActivation> repeatedTo(
    OnnxNetworkReader& reader, const std::string& hint, const OnnxActivation& value, const Shape& to)
{
    OnnxActivation result = value;
    if (result.view.axes.size() < to.size()) {
        result.view.axes.insert(result.view.axes.begin(), to.size() - result.view.axes.size(), AxisParts{});
    }
    const std::size_t rank = result.view.axes.size();
    const auto isRepeated = [&](std::size_t axis) { return result.view.axes[axis].empty() && to[axis] > 1; };
    for (std::size_t begin = 0; begin < rank; ++begin) {
        if (rank != to.size() || (!isRepeated(begin) && extentOf(result.view.axes[begin]) != to[begin])) {
            return onnxUnsupported(fmt::format("{} would become {}", toString(value.view.shape()), toString(to)));
        }
        if (!isRepeated(begin)) {
            continue;
        }
        std::size_t end = begin;
        std::int64_t count = 1;
        for (; end < rank && isRepeated(end); ++end) {
            if (to[end] > kMostRepeated / count) {
                return onnxUnsupported(fmt::format("a value of {}", toString(to)));
            }
            count *= to[end];
        }
        // The axes before are channels and those behind are columns, so that each row is repeated; without any behind, the
        // last one of the new axes is the columns.
        const AxisParts behind = partsOf(result.view, end, rank);
        TY_TRY(result, reader.layers().arranged(hint, result, {partsOf(result.view, 0, begin), {}, behind}));
        const std::int64_t columns = behind.empty() ? to[end - 1] : 1;
        const std::array<std::int64_t, 2> factor{count / columns, columns};
        TY_TRY(
            const auto repeated,
            reader.layers().add(hint + ".spread", "upsample2d", {result.layer}, {{"factor", factor}}));
        result.layer = repeated.layer;
        result.base = repeated.base;
        result.isSole = true;
        std::int64_t stride = factor[0];
        for (std::size_t axis = begin; axis < end; ++axis) {
            const bool isColumns = behind.empty() && axis + 1 == end;
            stride = isColumns ? 1 : stride / to[axis];
            result.view.axes[axis] = {{isColumns ? std::size_t{3} : std::size_t{2}, to[axis], stride}};
        }
        begin = end - 1;
    }
    return result;
}

Result<std::vector<OnnxActivation>> broadcastTogether(
    OnnxNetworkReader& reader, const std::string& hint, std::vector<OnnxActivation> values)
{
    TY_TRY(const Shape common, commonShape(values));
    for (auto& value : values) {
        TY_TRY(value, repeatedTo(reader, hint, value, common));
    }
    const auto areAlike = [&values] {
        return std::all_of(values.begin(), values.end(), [&](const OnnxActivation& value) {
            return value.view == values.front().view && value.base == values.front().base;
        });
    };
    for (std::size_t i = 0; !areAlike() && i < values.size(); ++i) {
        TY_TRY(values[i], reader.layers().plain(hint, values[i]));
    }
    if (!areAlike()) {
        return onnxUnsupported("the batch is another axis of either operand");
    }
    return values;
}

} // namespace ty::engine
