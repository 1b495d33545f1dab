#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"
#include "engine/exchange/onnx_windows.h"

// Pooling, and pictures that grow.
namespace ty::engine {

namespace {

Result<void> pool(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const bool isMaximum = node.type == "MaxPool";
    TY_TRY(const auto src, reader.value(node, 0));
    const auto found = node.integerLists.find("kernel_shape");
    const std::size_t rank = src.view.axes.size();
    if (found == node.integerLists.end() || found->second.size() + 2 != rank || (rank != 3 && rank != 4)) {
        return onnxUnsupported(fmt::format("windows over {}", toString(src.view.shape())));
    }
    const auto hint = reader.hint(node);
    TY_TRY(auto value, pictureOf(reader, hint, src));
    const std::array<std::int64_t, 2> kernel{rank == 3 ? 1 : found->second[0], found->second.back()};
    TY_TRY(OnnxWindows windows, windowsOf(node, kernel, value.base, false));
    if (windows.dilation != std::array<std::int64_t, 2>{1, 1} || node.integer("storage_order", 0) != 0) {
        return onnxUnsupported("dilated windows");
    }
    const bool isCeil = node.integer("ceil_mode", 0) != 0;
    const bool isPadded = windows.padding != std::array<std::int64_t, 4>{};
    if (!isMaximum && isPadded && node.integer("count_include_pad", 0) != 0) {
        // Ours divides by the pixels inside the picture: zeros that count are part of it.
        if (isCeil) {
            return onnxUnsupported("ceil_mode together with count_include_pad");
        }
        const auto& padding = windows.padding;
        TY_TRY(
            value,
            reader.layers().add(
                hint + ".padded",
                "pad",
                {value.layer},
                {{"before", {0, padding[0], padding[1]}}, {"after", {0, padding[2], padding[3]}}}));
        windows.padding = {};
    }
    Json settings = windows.toJson();
    if (isCeil) {
        settings["ceil"] = true;
    }
    TY_TRY(
        auto result,
        reader.layers().add(hint, isMaximum ? "maxPool2d" : "averagePool2d", {value.layer}, std::move(settings)));
    reader.give(node, rowsOf(std::move(result), src));
    return {};
}

Result<void> globalPool(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    const auto hint = reader.hint(node);
    TY_TRY(const auto value, pictureOf(reader, hint, src));
    OnnxActivation result;
    if (node.type == "GlobalMaxPool") {
        TY_TRY(
            result,
            reader.layers().add(
                hint, "maxPool2d", {value.layer}, {{"kernel", {value.base[1], value.base[2]}}, {"stride", 1}}));
        reader.give(node, rowsOf(std::move(result), src));
        return {};
    }
    TY_TRY(result, reader.layers().add(hint, "globalAveragePool2d", {value.layer}, Json::object()));
    result.view.axes.resize(src.view.axes.size()); // the pixels' axes are 1
    reader.give(node, std::move(result));
    return {};
}

/// Whole factors, each pixel of a picture or a row repeated.
Result<void> resize(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    const auto text = [&](const char* name, const char* fallback) {
        const auto found = node.texts.find(name);
        return found == node.texts.end() ? std::string(fallback) : found->second;
    };
    const bool isOld = node.type == "Upsample" || reader.opset() < 11;
    const Shape shape = src.view.shape();
    std::vector<double> factors;
    if (!isOld && reader.isThere(node, 3)) {
        TY_TRY(const auto* sizes, reader.needConstant(node, 3));
        TY_TRY(const auto extents, onnxIntegers(*sizes));
        for (std::size_t i = 0; i < extents.size() && i < shape.size(); ++i) {
            factors.push_back(static_cast<double>(extents[i]) / static_cast<double>(shape[i]));
        }
    } else {
        TY_TRY(const auto* scales, reader.needConstant(node, isOld ? 1 : 2));
        TY_TRY(const auto values, onnxFloats(*scales));
        factors.assign(values.begin(), values.end());
    }
    const bool isRow = factors.size() == 3;
    bool isWhole = (isRow || factors.size() == 4) && shape.size() == factors.size() && factors[0] == 1 && factors[1] == 1;
    for (const double factor : factors) {
        isWhole = isWhole && factor >= 1 && factor <= 1024 && factor == std::floor(factor);
    }
    // For whole factors these round to the same pixel: the one that is repeated.
    const std::string places = text("coordinate_transformation_mode", "half_pixel");
    const std::string nearest = text("nearest_mode", "round_prefer_floor");
    const bool isRepeating = isOld || (places == "asymmetric" && nearest == "floor")
        || ((places == "half_pixel" || places == "pytorch_half_pixel") && nearest.starts_with("round"));
    const bool isPlain = node.integer("antialias", 0) == 0 && !node.integerLists.contains("axes")
        && text("keep_aspect_ratio_policy", "stretch") == "stretch";
    if (!isPlain || text("mode", "nearest") != "nearest" || !isWhole || !isRepeating) {
        return onnxUnsupported("only whole factors that repeat each pixel (nearest) are known");
    }
    const auto hint = reader.hint(node);
    TY_TRY(const auto value, pictureOf(reader, hint, src));
    const auto columns = static_cast<std::int64_t>(factors.back());
    const std::array<std::int64_t, 2> factor{isRow ? 1 : static_cast<std::int64_t>(factors[2]), columns};
    TY_TRY(auto result, reader.layers().add(hint, "upsample2d", {value.layer}, {{"factor", factor}}));
    reader.give(node, rowsOf(std::move(result), src));
    return {};
}

} // namespace

const OnnxRules& onnxPictureRules()
{
    static const OnnxRules rules{
        {"MaxPool", pool},
        {"AveragePool", pool},
        {"GlobalAveragePool", globalPool},
        {"GlobalMaxPool", globalPool},
        {"Resize", resize},
        {"Upsample", resize},
    };
    return rules;
}

} // namespace ty::engine
