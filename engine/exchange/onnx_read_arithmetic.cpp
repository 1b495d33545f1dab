#include <utility>

#include <fmt/format.h>

#include "engine/exchange/float_weights.h"
#include "engine/exchange/onnx_broadcast.h"
#include "engine/exchange/onnx_network_reader.h"

// Sums and products: of two values, or of a value and a constant.
namespace ty::engine {

namespace {

/// One layer that adds or multiplies values, of which each has been brought to the shape that they have together.
Result<OnnxActivation> combined(
    OnnxNetworkReader& reader, const std::string& hint, std::vector<OnnxActivation> values, bool isProduct)
{
    TY_TRY(values, broadcastTogether(reader, hint, std::move(values)));
    std::vector<std::string> inputs;
    for (const auto& value : values) {
        inputs.push_back(value.layer);
    }
    TY_TRY(auto result, reader.layers().add(hint, isProduct ? "multiply" : "add", inputs, Json::object()));
    result.view = values.front().view;
    return result;
}

Result<void> joined(OnnxNetworkReader& reader, const OnnxNode& node, bool isProduct)
{
    TY_TRY(const auto left, reader.value(node, 0));
    TY_TRY(const auto right, reader.value(node, 1));
    const auto hint = reader.hint(node);
    auto& layers = reader.layers();
    if (isProduct) {
        // x sigmoid(x) and x hardSigmoid(x) are layers of their own.
        for (const auto& [value, gate] : {std::pair(left, right), std::pair(right, left)}) {
            const OnnxLayer* layer = layers.find(gate.layer);
            const bool isSigmoid = layer != nullptr && layer->description.type == "sigmoid";
            if (layer != nullptr && (isSigmoid || layer->description.type == "hardSigmoid")
                && layer->description.inputs.front() == value.layer && gate.view == value.view) {
                TY_TRY(auto result, layers.mapped(hint, isSigmoid ? "silu" : "hardSwish", value, Json::object()));
                reader.give(node, std::move(result));
                return {};
            }
        }
    }
    TY_TRY(auto result, combined(reader, hint, {left, right}, isProduct));
    reader.give(node, std::move(result));
    return {};
}

Result<OnnxArray> changed(const OnnxArray& array, float (*function)(float))
{
    TY_TRY(auto values, onnxFloats(array));
    for (float& value : values) {
        value = function(value);
    }
    return OnnxArray{array.shape, std::move(values)};
}

/// value * factor + shift
Result<void> affine(
    OnnxNetworkReader& reader, const OnnxNode& node, std::size_t index, const OnnxArray* factor, const OnnxArray* shift)
{
    TY_TRY(const auto src, reader.value(node, index));
    if (const auto* given = reader.constant(node, 1 - index); given != nullptr) {
        TY_TRY(const auto values, onnxFloats(*given));
        TY_CHECK(checkFinite(values, fmt::format("constant \"{}\"", onnxShown(node.inputs[1 - index]))));
    }
    TY_TRY(auto result, reader.layers().affine(reader.hint(node), src, factor, shift));
    reader.give(node, std::move(result));
    return {};
}

float opposite(float value) { return -value; }
float inverse(float value) { return 1.0F / value; }

Result<void> add(OnnxNetworkReader& reader, const OnnxNode& node)
{
    if (node.inputs.size() != 2) {
        return onnxUnsupported("needs two inputs");
    }
    if (const auto* right = reader.constant(node, 1); right != nullptr) {
        return affine(reader, node, 0, nullptr, right);
    }
    if (const auto* left = reader.constant(node, 0); left != nullptr) {
        return affine(reader, node, 1, nullptr, left);
    }
    return joined(reader, node, false);
}

Result<void> multiply(OnnxNetworkReader& reader, const OnnxNode& node)
{
    if (const auto* right = reader.constant(node, 1); right != nullptr) {
        return affine(reader, node, 0, right, nullptr);
    }
    if (const auto* left = reader.constant(node, 0); left != nullptr) {
        return affine(reader, node, 1, left, nullptr);
    }
    return joined(reader, node, true);
}

Result<void> subtract(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const OnnxArray minus = onnxScalar(-1);
    if (const auto* right = reader.constant(node, 1); right != nullptr) {
        TY_TRY(const auto shift, changed(*right, opposite));
        return affine(reader, node, 0, nullptr, &shift);
    }
    if (const auto* left = reader.constant(node, 0); left != nullptr) {
        return affine(reader, node, 1, &minus, left);
    }
    TY_TRY(auto right, reader.value(node, 1));
    right.isSole = false; // it may be the left side too
    TY_TRY(right, reader.layers().affine(reader.hint(node) + ".minus", right, &minus, nullptr));
    OnnxNode sum = node;
    sum.outputs = {node.outputs.front() + "\nminus"};
    sum.inputs[1] = sum.outputs.front();
    reader.give(sum, std::move(right));
    sum.outputs = node.outputs;
    return joined(reader, sum, false);
}

Result<void> divide(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto* right, reader.needConstant(node, 1));
    TY_TRY(const auto factor, changed(*right, inverse));
    return affine(reader, node, 0, &factor, nullptr);
}

Result<void> negative(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const OnnxArray minus = onnxScalar(-1);
    return affine(reader, node, 0, &minus, nullptr);
}

/// Sum and Mean: of any number of values and constants.
Result<void> sumOfAll(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const auto hint = reader.hint(node);
    std::vector<OnnxActivation> values;
    std::vector<std::size_t> constants;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (reader.constant(node, i) != nullptr) {
            constants.push_back(i);
            continue;
        }
        TY_TRY(values.emplace_back(), reader.value(node, i));
    }
    if (values.empty()) {
        return onnxUnsupported("of constants alone");
    }
    OnnxActivation sum = values.front();
    if (values.size() > 1) {
        TY_TRY(sum, combined(reader, hint, std::move(values), false));
    }
    auto& layers = reader.layers();
    for (const std::size_t i : constants) {
        TY_TRY(sum, layers.affine(hint + ".shifted", sum, nullptr, reader.constant(node, i)));
    }
    if (node.type == "Mean") {
        const OnnxArray share = onnxScalar(1.0F / static_cast<float>(node.inputs.size()));
        TY_TRY(sum, layers.affine(hint + ".mean", sum, &share, nullptr));
    }
    reader.give(node, std::move(sum));
    return {};
}

} // namespace

const OnnxRules& onnxArithmeticRules()
{
    static const OnnxRules rules{
        {"Add", add},
        {"Sub", subtract},
        {"Mul", multiply},
        {"Div", divide},
        {"Neg", negative},
        {"Sum", sumOfAll},
        {"Mean", sumOfAll},
    };
    return rules;
}

OnnxArray onnxScalar(float value)
{
    return OnnxArray{{}, std::vector<float>{value}};
}

} // namespace ty::engine
