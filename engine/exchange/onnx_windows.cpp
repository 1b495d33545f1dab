#include "engine/exchange/onnx_windows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxStep = 1 << 20;

/// One or two numbers, of which the last stands for the width.
Result<std::array<std::int64_t, 2>> pairOf(const OnnxNode& node, const char* name, std::int64_t fallback, std::int64_t least)
{
    const auto found = node.integerLists.find(name);
    if (found == node.integerLists.end()) {
        return std::array{fallback, fallback};
    }
    const auto& values = found->second;
    const bool isInRange =
        std::all_of(values.begin(), values.end(), [&](std::int64_t value) { return value >= least && value <= kMaxStep; });
    if (values.empty() || values.size() > 2 || !isInRange) {
        return onnxError(fmt::format("{} {} are not possible", name, toString(values)));
    }
    return std::array{values.size() == 1 ? fallback : values[0], values.back()};
}

/// One number where all are alike.
template<std::size_t count>
Json shortest(const std::array<std::int64_t, count>& values)
{
    const bool isOne = std::all_of(values.begin(), values.end(), [&](std::int64_t value) { return value == values[0]; });
    return isOne ? Json(values[0]) : Json(values);
}

} // namespace

Json OnnxWindows::toJson() const
{
    Json settings = {{"kernel", shortest(kernel)}, {"stride", shortest(stride)}, {"padding", shortest(padding)}};
    if (dilation != std::array<std::int64_t, 2>{1, 1}) {
        settings["dilation"] = shortest(dilation);
    }
    if (outputPadding != std::array<std::int64_t, 2>{0, 0}) {
        settings["outputPadding"] = shortest(outputPadding);
    }
    return settings;
}

Result<OnnxWindows> windowsOf(
    const OnnxNode& node, const std::array<std::int64_t, 2>& kernel, const Shape& picture, bool isTransposed)
{
    OnnxWindows windows;
    windows.kernel = kernel;
    TY_TRY(windows.stride, pairOf(node, "strides", 1, 1));
    TY_TRY(windows.dilation, pairOf(node, "dilations", 1, 1));
    TY_TRY(windows.outputPadding, pairOf(node, "output_padding", 0, 0));
    if (kernel[0] < 1 || kernel[1] < 1 || kernel[0] > kMaxStep || kernel[1] > kMaxStep) {
        return onnxError("its windows are not possible");
    }
    if (node.integerLists.contains("output_shape")) {
        return onnxUnsupported("an output_shape", "Export with pads instead.");
    }
    const auto found = node.texts.find("auto_pad");
    const std::string rule = found == node.texts.end() || found->second.empty() ? "NOTSET" : found->second;
    if (rule == "SAME_UPPER" || rule == "SAME_LOWER") {
        for (std::size_t i = 0; i < 2; ++i) {
            const std::int64_t window = (kernel[i] - 1) * windows.dilation[i] + 1;
            const std::int64_t stride = windows.stride[i];
            const std::int64_t count = isTransposed ? picture[i + 1] : (picture[i + 1] + stride - 1) / stride;
            const std::int64_t total = isTransposed ? window - stride + windows.outputPadding[i]
                                                    : (count - 1) * stride + window - picture[i + 1];
            const std::int64_t padded = std::max<std::int64_t>(0, total);
            const std::int64_t small = padded / 2;
            // A transposed convolution cuts the odd row at the side where the other adds it: so the specification says since it
            // was corrected, and so do onnxruntime, TensorFlow and our own "same".
            windows.padding[i] = rule == "SAME_LOWER" ? padded - small : small;
            windows.padding[i + 2] = padded - windows.padding[i];
        }
        return windows;
    }
    if (rule != "NOTSET" && rule != "VALID") {
        return onnxError(fmt::format("auto_pad \"{}\"", rule));
    }
    const auto pads = node.integerLists.find("pads");
    if (rule == "VALID" || pads == node.integerLists.end()) {
        return windows;
    }
    const auto& values = pads->second;
    const bool isInRange =
        std::all_of(values.begin(), values.end(), [](std::int64_t value) { return value >= 0 && value <= kMaxStep; });
    if ((values.size() != 2 && values.size() != 4) || !isInRange) {
        return onnxError(fmt::format("pads {} are not possible", toString(values)));
    }
    if (values.size() == 2) {
        windows.padding = {0, values[0], 0, values[1]};
    } else {
        std::copy(values.begin(), values.end(), windows.padding.begin());
    }
    return windows;
}

Result<OnnxActivation> pictureOf(OnnxNetworkReader& reader, const std::string& hint, const OnnxActivation& value)
{
    OnnxActivation seen = value;
    if (value.view.axes.size() == 3) {
        seen.view.axes.insert(seen.view.axes.begin() + 2, AxisParts{});
    }
    if (seen.view.axes.size() != 4) {
        return onnxUnsupported(fmt::format("{}: only pictures and rows are known", toString(value.view.shape())));
    }
    if (seen.view.batchAxis() != 0) {
        return onnxUnsupported("the batch is not the first axis");
    }
    return reader.layers().plain(hint, seen);
}

OnnxActivation rowsOf(OnnxActivation picture, const OnnxActivation& like)
{
    if (like.view.axes.size() == 3 && picture.view.axes.size() == 4) {
        picture.view.axes.erase(picture.view.axes.begin() + 2);
    }
    return picture;
}

} // namespace ty::engine
