#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"

// Attention is several nodes in a file: products of queries and keys, a softmax, and a product with the values. They are
// kept until the values are met, and then become one layer.
namespace ty::engine {

namespace {

constexpr std::int64_t kMaxUnits = 1 << 11; // of an attention without projections, which gets an identity
constexpr float kHidden = -1e4F;            // a mask that adds this or less hides a step

/// A value brought to {steps, heads * size}.
struct Heads {
    OnnxActivation value;
    std::int64_t heads = 1;
    std::int64_t size = 1;
    std::int64_t headsBefore = 1; ///< the batch, where the file sees them
};

/// `isTurned`: features before steps, as keys are.
Result<Heads> headsOf(OnnxNetworkReader& reader, const std::string& hint, const OnnxActivation& src, bool isTurned)
{
    const auto& axes = src.view.axes;
    if (axes.size() < 3) {
        return onnxUnsupported(fmt::format("a product of values {}", toString(src.view.shape())));
    }
    const std::size_t rank = axes.size();
    const AxisParts& steps = axes[isTurned ? rank - 1 : rank - 2];
    const AxisParts& features = axes[isTurned ? rank - 2 : rank - 1];
    AxisParts heads;
    bool hasBatch = false;
    std::int64_t headsBefore = 1;
    for (std::size_t i = 0; i + 2 < rank; ++i) {
        for (const auto& part : axes[i]) {
            if (part.axis != 0) {
                heads.push_back(part);
            } else {
                headsBefore = extentOf(heads);
            }
            hasBatch = hasBatch || part.axis == 0;
        }
    }
    if (!hasBatch && reader.batch() > 1) {
        return onnxUnsupported("a product over the batch");
    }
    Heads result;
    result.heads = extentOf(heads);
    result.size = extentOf(features);
    result.headsBefore = headsBefore;
    AxisParts all = heads;
    all.insert(all.end(), features.begin(), features.end());
    TY_TRY(result.value, reader.layers().arranged(hint, src, {steps, all}));
    return result;
}

/// The product that a value comes from.
struct Projection {
    std::string input;
    std::int64_t features = 0;
    std::vector<float> weight; ///< {units, features}
    std::vector<float> bias;   ///< {units}
};

Result<Projection> identity(const OnnxActivation& value)
{
    const std::int64_t units = value.base[1];
    if (units > kMaxUnits) {
        return onnxUnsupported(fmt::format("attention over {} features without projections", units));
    }
    const auto count = static_cast<std::size_t>(units);
    Projection result{value.layer, units, std::vector<float>(count * count), std::vector<float>(count)};
    for (std::size_t i = 0; i < count; ++i) {
        result.weight[i * count + i] = 1;
    }
    return result;
}

/// The dense layer behind `value`, seen through slices, scales, and a reshape that joins the axes before the last one;
/// else the identity.
Result<Projection> projectionOf(OnnxLayers& layers, const OnnxActivation& value)
{
    std::int64_t begin = 0;
    double factor = 1;
    const OnnxLayer* layer = layers.find(value.layer);
    while (layer != nullptr) {
        const std::string& type = layer->description.type;
        const Json& settings = layer->description.settings;
        const int rank = layers.extent(layer->description.name, 3) != 0 ? 3 : 2;
        if (type == "slice" && settings["axis"] == rank) {
            begin += settings["begin"].get<std::int64_t>();
        } else if (type == "scale") {
            factor *= settings["factor"].get<double>();
        } else if (type != "reshape" || rank != 2
            || layers.extent(layer->description.inputs.front(), 3) != layers.extent(layer->description.name, 2)) {
            break;
        }
        layer = layers.find(layer->description.inputs.front());
    }
    if (layer == nullptr || layer->description.type != "dense" || !layer->description.settings.contains("over")
        || layer->parameters.at("weight").shape()[0] < begin + value.base[1]) {
        return identity(value);
    }
    const Tensor weight = layer->parameters.at("weight");
    const Tensor bias = layer->description.settings.value("bias", true) ? layer->parameters.at("bias") : Tensor();
    std::string input = layer->description.inputs.front();
    if (layers.extent(input, 3) != 0) {
        const Shape rows{value.base[0], weight.shape()[1]};
        TY_TRY(const auto joined, layers.moved(input + ".rows", "reshape", input, {{"shape", rows}}));
        input = joined.layer;
    }
    const auto units = static_cast<std::ptrdiff_t>(value.base[1]);
    const std::int64_t features = weight.shape()[1];
    const auto first = weight.floats().begin() + static_cast<std::ptrdiff_t>(begin * features);
    Projection result{input, features, {}, std::vector<float>(static_cast<std::size_t>(units))};
    result.weight.assign(first, first + units * static_cast<std::ptrdiff_t>(features));
    if (!bias.isEmpty()) {
        const auto from = bias.floats().begin() + static_cast<std::ptrdiff_t>(begin);
        result.bias.assign(from, from + units);
    }
    for (auto* values : {&result.weight, &result.bias}) {
        for (float& number : *values) {
            number = static_cast<float>(number * factor);
        }
    }
    return result;
}

void setProjection(OnnxLayer& layer, const std::string& name, std::int64_t units, const Projection& projection)
{
    layer.parameters[name + "Weight"] = onnxTensor({units, projection.features}, projection.weight);
    layer.parameters[name + "Bias"] = onnxTensor({units}, projection.bias);
}

Result<void> attention(OnnxNetworkReader& reader, const OnnxNode& node, const OnnxScores& scores)
{
    const auto hint = reader.hint(node);
    OnnxLayers& layers = reader.layers();
    TY_TRY(const auto src, reader.value(node, 1));
    TY_TRY(const Heads query, headsOf(reader, hint + ".query", scores.query, false));
    TY_TRY(const Heads key, headsOf(reader, hint + ".key", scores.key, true));
    TY_TRY(const Heads value, headsOf(reader, hint + ".value", src, false));
    if (query.heads != key.heads || query.heads != value.heads || query.size != key.size || query.size != value.size
        || key.value.base[0] != value.value.base[0] || query.headsBefore != key.headsBefore
        || query.headsBefore != value.headsBefore) {
        return onnxUnsupported("queries, keys and values with different heads");
    }
    const std::int64_t units = query.heads * query.size;
    TY_TRY(Projection ofQuery, projectionOf(layers, query.value));
    TY_TRY(const Projection ofKey, projectionOf(layers, key.value));
    TY_TRY(const Projection ofValue, projectionOf(layers, value.value));
    if (ofKey.input != ofValue.input) {
        return onnxUnsupported("keys and values that are computed from different values");
    }
    if (ofQuery.features != units) {
        // The layer's result has as many features as what it is asked with.
        TY_TRY(ofQuery, identity(query.value));
    }
    const double scale = scores.scale * std::sqrt(static_cast<double>(query.size));
    for (auto* values : {&ofQuery.weight, &ofQuery.bias}) {
        for (float& number : *values) {
            number = static_cast<float>(number * scale);
        }
    }
    std::vector<std::string> inputs{ofQuery.input};
    if (ofKey.input != ofQuery.input) {
        inputs.push_back(ofKey.input);
    }
    Json settings = {{"heads", query.heads}, {"units", units}};
    if (scores.isCausal) {
        settings["causal"] = true;
    }
    TY_TRY(auto result, layers.add(hint, "attention", inputs, std::move(settings)));
    OnnxLayer& layer = *layers.find(result.layer);
    setProjection(layer, "query", units, ofQuery);
    setProjection(layer, "key", units, ofKey);
    setProjection(layer, "value", units, ofValue);
    TY_TRY(const Projection same, identity(result));
    setProjection(layer, "output", units, same);
    layer.isOpen = true;
    result.view = query.value.view;
    reader.give(node, std::move(result));
    return {};
}

/// Whether the constant hides later steps, or nothing.
Result<bool> isCausalMask(const OnnxArray& mask, std::int64_t asking, std::int64_t asked)
{
    TY_TRY(const auto values, onnxFloats(mask));
    const bool isNothing = std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
    if (isNothing) {
        return false;
    }
    bool isCausal = asking == asked && static_cast<std::int64_t>(values.size()) == asking * asked;
    for (std::size_t i = 0; i < values.size() && isCausal; ++i) {
        const auto extent = static_cast<std::size_t>(asking);
        isCausal = i % extent > i / extent ? values[i] <= kHidden : values[i] == 0;
    }
    if (!isCausal) {
        return onnxUnsupported("a mask that is not the causal one");
    }
    return true;
}

} // namespace

Result<void> readComputedProduct(OnnxNetworkReader& reader, const OnnxNode& node)
{
    OnnxScores scores;
    TY_TRY(scores.query, reader.value(node, 0));
    TY_TRY(scores.key, reader.value(node, 1));
    if (scores.query.view.axes.size() < 3 || scores.query.view.axes.size() != scores.key.view.axes.size()) {
        return onnxUnsupported("a product of two values that depend on the samples, which only attention has");
    }
    scores.rank = scores.query.view.axes.size();
    reader.giveScores(node, std::move(scores));
    return {};
}

Result<void> readScores(OnnxNetworkReader& reader, const OnnxNode& node, const OnnxScores& given)
{
    OnnxScores scores = given;
    const Shape asking = scores.query.view.shape();
    const Shape asked = scores.key.view.shape();
    const std::size_t at = reader.scores(node, 0) != nullptr ? 0 : 1;
    const auto unknown = [] {
        return onnxUnsupported("attention of another kind", "Known is scaled dot-product attention, masked causally or not.");
    };
    if (scores.isSoftmax && node.type == "MatMul" && at == 0) {
        return attention(reader, node, scores);
    }
    if (node.type == "Identity" || node.type == "Dropout" || node.type == "Cast") {
        reader.giveScores(node, std::move(scores));
        return {};
    }
    if (node.type == "Reshape" && at == 0) {
        TY_TRY(const auto* target, reader.needConstant(node, 1));
        TY_TRY(const auto extents, onnxIntegers(*target));
        const std::size_t rank = extents.size();
        if (rank < 3 || (extents[rank - 1] != asked.back() && extents[rank - 1] != -1)
            || (extents[rank - 2] != asking[asking.size() - 2] && extents[rank - 2] != -1)) {
            return unknown();
        }
        scores.rank = rank;
        reader.giveScores(node, std::move(scores));
        return {};
    }
    if (scores.isSoftmax) {
        return unknown();
    }
    if (node.type == "Softmax") {
        const std::int64_t axis = node.integer("axis", reader.opset() >= 13 ? -1 : 1);
        if (axis != -1 && axis != static_cast<std::int64_t>(scores.rank) - 1) {
            return unknown();
        }
        scores.isSoftmax = true;
    } else if (node.type == "Mul" || (node.type == "Div" && at == 0)) {
        TY_TRY(const auto* constant, reader.needConstant(node, 1 - at));
        TY_TRY(const auto values, onnxFloats(*constant));
        if (values.size() != 1) {
            return unknown();
        }
        const auto factor = static_cast<double>(values.front());
        scores.scale *= node.type == "Mul" ? factor : 1 / factor;
    } else if (node.type == "Add") {
        TY_TRY(const auto* mask, reader.needConstant(node, 1 - at));
        TY_TRY(const bool isCausal, isCausalMask(*mask, asking[asking.size() - 2], asked.back()));
        scores.isCausal = scores.isCausal || isCausal;
    } else {
        return unknown();
    }
    reader.giveScores(node, std::move(scores));
    return {};
}

bool joinProjection(OnnxNetworkReader& reader, const OnnxActivation& value, const Tensor& weight, const Tensor& bias)
{
    OnnxLayer* layer = reader.layers().find(value.layer);
    if (layer == nullptr || !layer->isOpen || weight.shape() != layer->parameters.at("outputWeight").shape()
        || value.view.axes.back() != AxisParts{{2, value.base.back(), 1}}) {
        return false;
    }
    layer->parameters["outputWeight"] = weight;
    layer->parameters["outputBias"] = bias.isEmpty() ? Tensor(DType::Float32, {weight.shape()[0]}) : bias;
    layer->isOpen = false;
    return true;
}

} // namespace ty::engine
