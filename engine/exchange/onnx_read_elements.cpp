#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"

// Operators that look at each element alone, and softmax.
namespace ty::engine {

namespace {

constexpr float kSixth = 1.0F / 6.0F;

Result<void> layerOf(OnnxNetworkReader& reader, const OnnxNode& node, const char* type, Json settings = Json::object())
{
    TY_TRY(const auto src, reader.value(node, 0));
    TY_TRY(auto result, reader.layers().mapped(reader.hint(node), type, src, std::move(settings)));
    reader.give(node, std::move(result));
    return {};
}

/// Nothing at all in inference.
Result<void> unchanged(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    reader.give(node, std::move(value));
    return {};
}

Result<void> relu(OnnxNetworkReader& reader, const OnnxNode& node) { return layerOf(reader, node, "relu"); }
Result<void> sigmoid(OnnxNetworkReader& reader, const OnnxNode& node) { return layerOf(reader, node, "sigmoid"); }
Result<void> hyperbolicTangent(OnnxNetworkReader& reader, const OnnxNode& node) { return layerOf(reader, node, "tanh"); }
Result<void> gelu(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const auto form = node.texts.find("approximate");
    if (form != node.texts.end() && form->second != "none") {
        return onnxUnsupported("a GELU that is approximated", "Export with approximate='none'.");
    }
    return layerOf(reader, node, "gelu");
}
Result<void> hardSwish(OnnxNetworkReader& reader, const OnnxNode& node) { return layerOf(reader, node, "hardSwish"); }

Result<void> leakyRelu(OnnxNetworkReader& reader, const OnnxNode& node)
{
    return layerOf(reader, node, "leakyRelu", {{"alpha", onnxReal(node.number("alpha", 0.01F))}});
}

Result<void> elu(OnnxNetworkReader& reader, const OnnxNode& node)
{
    return layerOf(reader, node, "elu", {{"alpha", onnxReal(node.number("alpha", 1.0F))}});
}

/// max(0, x) + min(0, alpha (exp(x / alpha) - 1)), which is alpha times the ELU of x / alpha.
Result<void> celu(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const float alpha = node.number("alpha", 1.0F);
    const float inverse = 1.0F / alpha;
    if (!(alpha > 0) || !std::isfinite(alpha) || !std::isfinite(inverse)) {
        return onnxUnsupported(fmt::format("alpha {}", alpha));
    }
    TY_TRY(auto value, reader.value(node, 0));
    const auto hint = reader.hint(node);
    const OnnxArray narrow = onnxScalar(inverse);
    const OnnxArray wide = onnxScalar(alpha);
    TY_TRY(value, reader.layers().affine(hint + ".narrowed", value, &narrow, nullptr));
    TY_TRY(value, reader.layers().mapped(hint, "elu", value, {{"alpha", 1.0}}));
    TY_TRY(value, reader.layers().affine(hint + ".widened", value, &wide, nullptr));
    reader.give(node, std::move(value));
    return {};
}

Result<void> selu(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    const auto hint = reader.hint(node);
    TY_TRY(auto result, reader.layers().mapped(hint, "elu", src, {{"alpha", onnxReal(node.number("alpha", 1.67326F))}}));
    const OnnxArray gamma = onnxScalar(node.number("gamma", 1.0507F));
    TY_TRY(result, reader.layers().affine(hint + ".scaled", result, &gamma, nullptr));
    reader.give(node, std::move(result));
    return {};
}

/// Ours is min(max(x / 6 + 1 / 2, 0), 1); others are ours of a x + b.
Result<void> hardSigmoid(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto src, reader.value(node, 0));
    const auto hint = reader.hint(node);
    const float alpha = node.number("alpha", 0.2F);
    const float beta = node.number("beta", 0.5F);
    if (alpha != kSixth || beta != 0.5F) {
        const OnnxArray factor = onnxScalar(6.0F * alpha);
        const OnnxArray shift = onnxScalar(6.0F * (beta - 0.5F));
        TY_TRY(src, reader.layers().affine(hint + ".scaled", src, &factor, &shift));
    }
    TY_TRY(auto result, reader.layers().mapped(hint, "hardSigmoid", src, Json::object()));
    reader.give(node, std::move(result));
    return {};
}

Result<float> limitOf(OnnxNetworkReader& reader, const OnnxNode& node, const char* attribute, std::size_t index, float fallback)
{
    if (!reader.isThere(node, index)) {
        return node.number(attribute, fallback);
    }
    TY_TRY(const auto* array, reader.needConstant(node, index));
    TY_TRY(const auto values, onnxFloats(*array));
    return values.size() == 1 ? Result<float>(values.front()) : Result<float>(onnxError("a limit is not one number"));
}

/// max(x, c) is c + relu(x - c), and x + relu(c - x): the first is exact where the limit is taken, the second where it is not.
/// What is rounded is so to the digits of the larger of x and c, hence the first for limits near 0, as of a logarithm's value.
/// min(x, c) likewise.
Result<OnnxActivation> clippedOnOneSide(OnnxLayers& layers, const std::string& hint, OnnxActivation src, float limit, bool isUpper)
{
    const OnnxArray minus = onnxScalar(-1);
    if (std::abs(limit) <= 1) {
        const OnnxArray sign = onnxScalar(isUpper ? -1.0F : 1.0F);
        const OnnxArray down = onnxScalar(isUpper ? limit : -limit);
        const OnnxArray back = onnxScalar(limit);
        TY_TRY(auto excess, layers.affine(hint + ".within", src, &sign, &down));
        TY_TRY(excess, layers.mapped(hint + ".room", "relu", excess, Json::object()));
        return layers.affine(hint, excess, &sign, &back);
    }
    src.isSole = false; // the sum takes it too
    const OnnxArray sign = onnxScalar(isUpper ? 1.0F : -1.0F);
    const OnnxArray shift = onnxScalar(isUpper ? -limit : limit);
    TY_TRY(auto excess, layers.affine(hint + ".beyond", src, &sign, &shift));
    TY_TRY(excess, layers.mapped(hint + ".excess", "relu", excess, Json::object()));
    if (isUpper) {
        TY_TRY(excess, layers.affine(hint + ".minus", excess, &minus, nullptr));
    }
    TY_TRY(auto result, layers.add(hint, "add", {src.layer, excess.layer}, Json::object()));
    result.view = src.view;
    return result;
}

/// Between limits near each other: the hard tanh of the value moved to -1 .. 1, and back. That rounds to the digits of the
/// distance, so limits far apart are taken one after the other.
Result<void> clip(OnnxNetworkReader& reader, const OnnxNode& node)
{
    constexpr float kNoLimit = std::numeric_limits<float>::max();
    constexpr float kNear = 10;
    TY_TRY(const float low, limitOf(reader, node, "min", 1, -kNoLimit));
    TY_TRY(const float high, limitOf(reader, node, "max", 2, kNoLimit));
    if (std::isnan(low) || std::isnan(high)) {
        return onnxError("a limit is no number");
    }
    const bool hasLow = low > -kNoLimit;
    const bool hasHigh = high < kNoLimit;
    if (!hasLow && !hasHigh) {
        return unchanged(reader, node);
    }
    if (low == 0.0F && !hasHigh) {
        return relu(reader, node);
    }
    if (!(low < high) || !(low < kNoLimit) || !(high > -kNoLimit)) {
        return onnxUnsupported(fmt::format("limits {} and {}", low, high));
    }
    auto& layers = reader.layers();
    const auto hint = reader.hint(node);
    TY_TRY(auto value, reader.value(node, 0));
    const float half = high / 2 - low / 2;
    const float middle = low + half;
    const bool isNear = low >= -kNear && high <= kNear && middle - half == low && middle + half == high;
    if (!isNear) {
        if (low == 0.0F) {
            TY_TRY(value, layers.mapped(hint + ".above", "relu", value, Json::object()));
        } else if (hasLow) {
            TY_TRY(value, clippedOnOneSide(layers, hasHigh ? hint + ".above" : hint, value, low, false));
        }
        if (hasHigh) {
            TY_TRY(value, clippedOnOneSide(layers, hint, value, high, true));
        }
        reader.give(node, std::move(value));
        return {};
    }
    const OnnxArray narrow = onnxScalar(1 / half);
    const OnnxArray down = onnxScalar(-middle / half);
    const OnnxArray wide = onnxScalar(half);
    const OnnxArray up = onnxScalar(middle);
    TY_TRY(value, layers.affine(hint + ".moved", value, &narrow, &down));
    TY_TRY(value, layers.mapped(hint, "hardTanh", value, Json::object()));
    TY_TRY(value, layers.affine(hint + ".back", value, &wide, &up));
    reader.give(node, std::move(value));
    return {};
}

/// One slope is leakyRelu. Several are max(x, 0) + (-slope) max(-x, 0): exact above 0, and the slopes are weights of a layer.
Result<void> parametricRelu(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto* slopes, reader.needConstant(node, 1));
    TY_TRY(auto values, onnxFloats(*slopes));
    if (values.empty()) {
        return onnxError("no slope");
    }
    const bool isOne = std::all_of(values.begin(), values.end(), [&](float value) { return value == values.front(); });
    if (isOne && values.front() >= 0) {
        return layerOf(reader, node, "leakyRelu", {{"alpha", onnxReal(values.front())}});
    }
    TY_TRY(auto src, reader.value(node, 0));
    src.isSole = false; // both halves take it
    auto& layers = reader.layers();
    const auto hint = reader.hint(node);
    const OnnxArray minus = onnxScalar(-1);
    std::transform(values.begin(), values.end(), values.begin(), [](float value) { return -value; });
    const OnnxArray factors{slopes->shape, std::move(values)};
    TY_TRY(const auto above, layers.mapped(hint + ".above", "relu", src, Json::object()));
    TY_TRY(auto below, layers.affine(hint + ".minus", src, &minus, nullptr));
    TY_TRY(below, layers.mapped(hint + ".below", "relu", below, Json::object()));
    TY_TRY(below, layers.affine(hint + ".slopes", below, &factors, nullptr));
    TY_TRY(auto result, layers.add(hint, "add", {above.layer, below.layer}, Json::object()));
    result.view = src.view;
    reader.give(node, std::move(result));
    return {};
}

/// Layers compute in float32; whole numbers occur where rows of a table are chosen.
Result<void> cast(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const std::int64_t to = node.integer("to", 1);
    constexpr std::array kFloats{1, 11}; // float32, float64
    constexpr std::array kWhole{6, 7};   // int32, int64
    TY_TRY(const auto src, reader.value(node, 0));
    const bool isKept = std::find(kFloats.begin(), kFloats.end(), to) != kFloats.end()
        || ((src.layer == "input" || reader.isOnlyLookedUp(node))
            && std::find(kWhole.begin(), kWhole.end(), to) != kWhole.end());
    return isKept ? unchanged(reader, node) : onnxUnsupported(fmt::format("a cast to data type {}", to));
}

/// Over one axis, which becomes the last one of the layer.
Result<void> softmax(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    constexpr int kOneAxisOpset = 13; // before, all axes from `axis` on were one
    const bool isOneAxis = reader.opset() >= kOneAxisOpset;
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", isOneAxis ? -1 : 1), src.view.axes.size()));
    AxisParts over;
    AxisParts rest;
    for (std::size_t i = 0; i < src.view.axes.size(); ++i) {
        for (const auto& part : src.view.axes[i]) {
            const bool isOver = isOneAxis ? i == axis : i >= axis;
            if (isOver && part.axis == 0) {
                return onnxUnsupported("over the batch");
            }
            if (part.axis != 0) {
                (isOver ? over : rest).push_back(part);
            }
        }
    }
    std::vector<AxisParts> groups;
    if (!rest.empty()) {
        groups.push_back(rest);
    }
    groups.push_back(over);
    TY_TRY(const auto value, reader.layers().arranged(reader.hint(node), src, groups));
    TY_TRY(auto result, reader.layers().mapped(reader.hint(node), "softmax", value, Json::object()));
    reader.give(node, std::move(result));
    return {};
}

/// As the last operator alone: there it is left to the loss, as a softmax is.
Result<void> logSoftmax(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const auto& outputs = reader.file().outputs;
    for (const auto& output : outputs) {
        if (output.name == node.outputs.front() && reader.uses(output.name) == 1) {
            return softmax(reader, node);
        }
    }
    return onnxUnsupported("only as a network's output");
}

} // namespace

const OnnxRules& onnxElementRules()
{
    static const OnnxRules rules{
        {"Relu", relu},
        {"LeakyRelu", leakyRelu},
        {"PRelu", parametricRelu},
        {"Elu", elu},
        {"Celu", celu},
        {"Selu", selu},
        {"Sigmoid", sigmoid},
        {"Tanh", hyperbolicTangent},
        {"trainyard:Gelu", gelu},
        {"Gelu", gelu},
        {"HardSigmoid", hardSigmoid},
        {"HardSwish", hardSwish},
        {"Clip", clip},
        {"Softmax", softmax},
        {"LogSoftmax", logSoftmax},
        {"Dropout", unchanged},
        {"Identity", unchanged},
        {"Cast", cast},
    };
    return rules;
}

} // namespace ty::engine
