#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"
#include "engine/exchange/onnx_windows.h"

// Operators with weights: products, convolutions, normalisation, embedding.
namespace ty::engine {

namespace {

constexpr double kMinEpsilon = 1e-12;
constexpr std::int64_t kMaxNormalised = std::int64_t{1} << 22; // features of one norm, which may have no weights

/// Rows become units.
std::vector<float> turned(const std::vector<float>& values, std::size_t rows, std::size_t columns)
{
    std::vector<float> result(values.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            result[column * rows + row] = values[row * columns + column];
        }
    }
    return result;
}

Result<void> gemm(OnnxNetworkReader& reader, const OnnxNode& node)
{
    if (node.integer("transA", 0) != 0) {
        return onnxUnsupported("a transposed first operand");
    }
    TY_TRY(auto values, reader.needWeights(node, 1, 2));
    Shape shape = reader.constant(node, 1)->shape;
    if (node.integer("transB", 0) == 0) {
        values = turned(values, static_cast<std::size_t>(shape[0]), static_cast<std::size_t>(shape[1]));
        std::swap(shape[0], shape[1]);
    }
    const float alpha = node.number("alpha", 1.0F);
    for (float& value : values) {
        value *= alpha;
    }
    Tensor bias;
    if (reader.isThere(node, 2)) {
        TY_TRY(const auto* given, reader.needConstant(node, 2));
        TY_TRY(auto shifts, onnxFloats(*given));
        if (shifts.size() == 1) {
            shifts.resize(static_cast<std::size_t>(shape[0]), shifts.front());
        }
        if (static_cast<std::int64_t>(shifts.size()) != shape[0]) {
            return onnxUnsupported(fmt::format("a bias of {} for {} units", toString(given->shape), shape[0]));
        }
        for (float& value : shifts) {
            value *= node.number("beta", 1.0F);
        }
        bias = onnxTensor({shape[0]}, shifts);
    }
    return readDense(reader, node, onnxTensor(shape, values), bias);
}

Result<void> product(OnnxNetworkReader& reader, const OnnxNode& node)
{
    if (reader.isComputed(node, 0) && reader.isComputed(node, 1)) {
        return readComputedProduct(reader, node);
    }
    TY_TRY(const auto values, reader.needWeights(node, 1, 2));
    const Shape& shape = reader.constant(node, 1)->shape;
    const auto weight = turned(values, static_cast<std::size_t>(shape[0]), static_cast<std::size_t>(shape[1]));
    return readDense(reader, node, onnxTensor({shape[1], shape[0]}, weight), {});
}

Result<void> convolution(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const bool isTransposed = node.type == "ConvTranspose";
    TY_TRY(const auto src, reader.value(node, 0));
    const std::size_t rank = src.view.axes.size();
    if (rank != 3 && rank != 4) {
        return onnxUnsupported(fmt::format("{}: only pictures and rows are known", toString(src.view.shape())));
    }
    TY_TRY(const auto values, reader.needWeights(node, 1, rank));
    Shape weight = reader.constant(node, 1)->shape;
    const auto hint = reader.hint(node);
    TY_TRY(const auto value, pictureOf(reader, hint, src));
    if (rank == 3) {
        weight.insert(weight.begin() + 2, 1);
    }
    TY_TRY(const OnnxWindows windows, windowsOf(node, {weight[2], weight[3]}, value.base, isTransposed));
    const std::int64_t groups = node.integer("group", 1);
    if (groups < 1 || groups > weight[0] || weight[isTransposed ? 0 : 1] * (isTransposed ? 1 : groups) != value.base[0]) {
        return onnxError(fmt::format("weights {} in {} groups do not fit {}", toString(weight), groups, toString(value.base)));
    }
    const std::int64_t filters = isTransposed ? weight[1] * groups : weight[0];
    Json settings = windows.toJson();
    settings["filters"] = filters;
    if (groups > 1) {
        settings["groups"] = groups;
    }
    Tensor bias;
    if (reader.isThere(node, 2)) {
        TY_TRY(const auto shifts, reader.needWeights(node, 2, 1));
        bias = onnxTensor({static_cast<std::int64_t>(shifts.size())}, shifts);
        if (bias.size() != filters) {
            return onnxError(fmt::format("{} biases for {} filters", bias.size(), filters));
        }
    } else {
        settings["bias"] = false;
    }
    TY_TRY(
        auto result,
        reader.layers().add(hint, isTransposed ? "convTranspose2d" : "conv2d", {value.layer}, std::move(settings)));
    OnnxLayer& layer = *reader.layers().find(result.layer);
    layer.parameters["weight"] = onnxTensor(weight, values);
    if (!bias.isEmpty()) {
        layer.parameters["bias"] = bias;
    }
    reader.give(node, rowsOf(result, src));
    return {};
}

/// A normalisation layer with a number for each of `extent` channels or features.
Result<OnnxActivation> normalised(
    OnnxNetworkReader& reader,
    const OnnxNode& node,
    const char* type,
    const OnnxActivation& value,
    double epsilon,
    std::int64_t extent,
    Json settings)
{
    if (extent > kMaxNormalised) {
        return onnxUnsupported(fmt::format("a normalisation over {} features", extent));
    }
    settings["epsilon"] = std::max(epsilon, kMinEpsilon);
    TY_TRY(auto result, reader.layers().mapped(reader.hint(node), type, value, std::move(settings)));
    const std::vector<float> ones(static_cast<std::size_t>(extent), 1.0F);
    OnnxLayer& layer = *reader.layers().find(result.layer);
    layer.parameters["scale"] = onnxTensor({extent}, ones);
    layer.parameters["shift"] = Tensor(DType::Float32, {extent});
    return result;
}

Result<void> batchNorm(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    if (node.integer("training_mode", 0) != 0) {
        return onnxUnsupported("in training mode", "Export the model for inference: model.eval() in PyTorch.");
    }
    const auto hint = reader.hint(node);
    TY_TRY(const auto value, reader.layers().plain(hint, src));
    const double momentum = std::clamp(onnxReal(1.0F - node.number("momentum", 0.9F)), 0.0, 1.0);
    TY_TRY(
        auto result,
        normalised(
            reader, node, "batchNorm", value, onnxReal(node.number("epsilon", 1e-5F)), value.base[0],
            {{"momentum", momentum}}));
    OnnxLayer& layer = *reader.layers().find(result.layer);
    const std::array names{"scale", "shift", "runningMean", "runningVariance"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        TY_TRY(const auto values, reader.needWeights(node, i + 1, 1));
        if (static_cast<std::int64_t>(values.size()) != value.base[0]) {
            return onnxError(fmt::format("{} numbers for {} channels", values.size(), value.base[0]));
        }
        layer.parameters[names[i]] = onnxTensor({value.base[0]}, values);
    }
    reader.give(node, std::move(result));
    return {};
}

/// Over the axes of the file that are named: a layer norm over the last axis or the whole sample, or a group norm.
Result<OnnxActivation> normalisedOver(
    OnnxNetworkReader& reader, const OnnxNode& node, const OnnxActivation& src, const std::vector<std::size_t>& axes, double epsilon)
{
    AxisParts over;
    AxisParts rest;
    for (std::size_t i = 0; i < src.view.axes.size(); ++i) {
        const bool isOver = std::find(axes.begin(), axes.end(), i) != axes.end();
        for (const auto& part : src.view.axes[i]) {
            if (isOver && part.axis == 0 && part.extent > 1) {
                return onnxUnsupported("a normalisation over the batch");
            }
            if (part.axis != 0) {
                (isOver ? over : rest).push_back(part);
            }
        }
    }
    rest = merged(rest);
    auto& layers = reader.layers();
    // Groups of channels: all that is left over is the slower part of a picture's channels.
    const bool isGrouped = rest.size() == 1 && rest[0].axis == 1 && src.base.size() == 3
        && rest[0].extent * rest[0].stride == src.base[0];
    if (isGrouped) {
        return normalised(reader, node, "groupNorm", src, epsilon, src.base[0], {{"groups", rest[0].extent}});
    }
    std::vector<AxisParts> groups;
    if (!rest.empty()) {
        groups.push_back(rest);
    }
    groups.push_back(over);
    TY_TRY(const auto value, layers.arranged(reader.hint(node), src, groups));
    Json settings = Json::object();
    if (!rest.empty()) {
        settings["over"] = "last";
    }
    return normalised(reader, node, "layerNorm", value, epsilon, value.base.back(), std::move(settings));
}

Result<void> spelledNorm(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    std::vector<std::size_t> axes;
    for (const std::int64_t axis : node.integerLists.at("axes")) {
        TY_TRY(axes.emplace_back(), onnxAxis(axis, src.view.axes.size()));
    }
    TY_TRY(auto result, normalisedOver(reader, node, src, axes, onnxReal(node.number("epsilon", 0))));
    reader.give(node, std::move(result));
    return {};
}

Result<void> layerNorm(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    TY_TRY(const std::size_t first, onnxAxis(node.integer("axis", -1), src.view.axes.size()));
    std::vector<std::size_t> axes;
    for (std::size_t axis = first; axis < src.view.axes.size(); ++axis) {
        axes.push_back(axis);
    }
    TY_TRY(
        auto result, normalisedOver(reader, node, src, axes, onnxReal(node.number("epsilon", 1e-5F))));
    TY_TRY(const auto* scale, reader.needConstant(node, 1));
    TY_TRY(result, reader.layers().affine(reader.hint(node) + ".scaled", result, scale, reader.constant(node, 2)));
    reader.give(node, std::move(result));
    return {};
}

Result<void> instanceNorm(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    if (src.view.axes.size() < 3) {
        return onnxError("needs channels and pixels");
    }
    std::vector<std::size_t> axes;
    for (std::size_t axis = 2; axis < src.view.axes.size(); ++axis) {
        axes.push_back(axis);
    }
    TY_TRY(
        auto result, normalisedOver(reader, node, src, axes, onnxReal(node.number("epsilon", 1e-5F))));
    TY_TRY(const auto* scale, reader.needConstant(node, 1));
    TY_TRY(const auto* shift, reader.needConstant(node, 2));
    const auto byChannel = [&](const OnnxArray& array) {
        OnnxArray wide = array;
        wide.shape.resize(src.view.axes.size() - 1, 1);
        return wide;
    };
    const OnnxArray factors = byChannel(*scale);
    const OnnxArray shifts = byChannel(*shift);
    TY_TRY(result, reader.layers().affine(reader.hint(node) + ".scaled", result, &factors, &shifts));
    reader.give(node, std::move(result));
    return {};
}

} // namespace

Result<void> readDense(OnnxNetworkReader& reader, const OnnxNode& node, const Tensor& weight, const Tensor& bias)
{
    TY_TRY(const auto src, reader.value(node, 0));
    if (src.view.axes.empty() || src.view.shape().back() != weight.shape()[1]) {
        return onnxError(fmt::format(
            "weights for {} features, the value is {}", weight.shape()[1], toString(src.view.shape())));
    }
    if (src.isSole && joinProjection(reader, src, weight, bias)) {
        reader.give(node, src);
        return {};
    }
    const AxisParts& features = src.view.axes.back();
    for (const auto& part : features) {
        if (part.axis == 0 && part.extent > 1) {
            return onnxUnsupported("a product over the batch");
        }
    }
    AxisParts own;
    std::copy_if(features.begin(), features.end(), std::back_inserter(own), [](const AxisPart& part) { return part.axis != 0; });
    AxisParts rest = src.view.parts();
    rest.resize(rest.size() - own.size());
    // Axes of the layer that stay what they are need no reshape.
    std::vector<AxisParts> groups;
    const bool isInOrder = std::is_sorted(rest.begin(), rest.end(), [](const AxisPart& a, const AxisPart& b) {
        return a.axis != b.axis ? a.axis < b.axis : a.stride > b.stride;
    });
    if (isInOrder && own.size() == 1 && own[0].axis == src.base.size() && own[0].extent == src.base.back()) {
        for (std::size_t axis = 1; axis <= src.base.size(); ++axis) {
            AxisParts group;
            for (const auto& part : src.view.parts()) {
                if (part.axis == axis) {
                    group.push_back(part);
                }
            }
            groups.push_back(group);
        }
    } else {
        if (!rest.empty()) {
            groups.push_back(rest);
        }
        groups.push_back(own);
    }
    const auto hint = reader.hint(node);
    TY_TRY(const auto value, reader.layers().arranged(hint, src, groups));
    Json settings = {{"units", weight.shape()[0]}};
    if (bias.isEmpty()) {
        settings["bias"] = false;
    }
    if (value.base.size() > 1) {
        settings["over"] = "last";
    }
    TY_TRY(auto result, reader.layers().add(hint, "dense", {value.layer}, std::move(settings)));
    OnnxLayer& layer = *reader.layers().find(result.layer);
    layer.parameters["weight"] = weight;
    if (!bias.isEmpty()) {
        layer.parameters["bias"] = bias;
    }
    // The result's axes are those of the value; the last one is the units.
    AxisParts batch;
    std::copy_if(features.begin(), features.end(), std::back_inserter(batch), [](const AxisPart& part) { return part.axis == 0; });
    result.view = value.view;
    result.view.axes.back() = batch;
    if (weight.shape()[0] > 1) {
        result.view.axes.back().push_back({value.base.size(), weight.shape()[0], 1});
    }
    reader.give(node, std::move(result));
    return {};
}

const OnnxRules& onnxWeightRules()
{
    static const OnnxRules rules{
        {"Gemm", gemm},
        {"MatMul", product},
        {"Conv", convolution},
        {"ConvTranspose", convolution},
        {"BatchNormalization", batchNorm},
        {"LayerNormalization", layerNorm},
        {"InstanceNormalization", instanceNorm},
        {"trainyard:Normalise", spelledNorm},
    };
    return rules;
}

} // namespace ty::engine
