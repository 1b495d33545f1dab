#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"

// Operators of the domain ai.onnx.ml: linear models and scaling as scikit-learn's exporter writes them.
namespace ty::engine {

namespace {

constexpr std::int64_t kMaxRows = std::int64_t{1} << 16; // classes or targets

const std::vector<float>& floatsOf(const OnnxNode& node, const char* attribute)
{
    static const std::vector<float> none;
    const auto found = node.floatLists.find(attribute);
    return found == node.floatLists.end() ? none : found->second;
}

std::string textOf(const OnnxNode& node, const char* attribute, const char* fallback)
{
    const auto found = node.texts.find(attribute);
    return found == node.texts.end() ? fallback : found->second;
}

/// (x - offset) * scale, numbers for all features or one for each.
Result<void> scaler(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    const auto features = static_cast<std::size_t>(src.view.axes.empty() ? 1 : src.view.shape().back());
    std::vector<float> offset = floatsOf(node, "offset");
    std::vector<float> scale = floatsOf(node, "scale");
    for (auto* list : {&offset, &scale}) {
        if (list->size() <= 1) {
            list->resize(features, list->empty() ? (list == &scale ? 1.0F : 0.0F) : list->front());
        }
        if (list->size() != features) {
            return onnxError(fmt::format("{} numbers for {} features", list->size(), features));
        }
    }
    for (std::size_t i = 0; i < features; ++i) {
        offset[i] *= -scale[i];
    }
    const Shape shape{static_cast<std::int64_t>(features)};
    const OnnxArray factor{shape, scale};
    const OnnxArray shift{shape, offset};
    TY_TRY(auto result, reader.layers().affine(reader.hint(node), src, &factor, &shift));
    reader.give(node, std::move(result));
    return {};
}

/// The rows of a linear model: one a class or target.
struct LinearRows {
    std::int64_t count = 0;
    std::int64_t features = 0;
    std::vector<float> weights; ///< {count, features}
    std::vector<float> shifts;  ///< {count}
};

Result<LinearRows> linearRows(const OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    LinearRows rows;
    rows.features = src.view.axes.size() == 2 ? src.view.shape().back() : 0;
    rows.weights = floatsOf(node, "coefficients");
    const auto size = static_cast<std::int64_t>(rows.weights.size());
    rows.count = rows.features > 0 ? size / rows.features : 0;
    if (rows.count < 1 || rows.count > kMaxRows || rows.count * rows.features != size) {
        return onnxError(fmt::format("{} coefficients for a value of {}", size, toString(src.view.shape())));
    }
    rows.shifts = floatsOf(node, "intercepts");
    if (rows.shifts.empty()) {
        rows.shifts.assign(static_cast<std::size_t>(rows.count), 0.0F);
    }
    if (static_cast<std::int64_t>(rows.shifts.size()) != rows.count) {
        return onnxError(fmt::format("{} intercepts for {} rows of coefficients", rows.shifts.size(), rows.count));
    }
    return rows;
}

Result<void> readRows(OnnxNetworkReader& reader, const OnnxNode& node, const LinearRows& rows)
{
    return readDense(
        reader, node, onnxTensor({rows.count, rows.features}, rows.weights), onnxTensor({rows.count}, rows.shifts));
}

Result<void> linearRegressor(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const LinearRows rows, linearRows(reader, node));
    if (const std::string last = textOf(node, "post_transform", "NONE"); last != "NONE") {
        return onnxUnsupported("post_transform " + onnxShown(last));
    }
    if (node.integer("targets", 1) != rows.count) {
        return onnxError(fmt::format("{} rows of coefficients for {} targets", rows.count, node.integer("targets", 1)));
    }
    return readRows(reader, node, rows);
}

/// Two classes whose probabilities are the sigmoid of one score and the rest: the softmax of 0 and the score.
Result<LinearRows> twoClassRows(LinearRows rows, std::size_t classes)
{
    const auto width = static_cast<std::size_t>(rows.features);
    if (rows.count == 1 && classes == 2) {
        rows.weights.insert(rows.weights.begin(), width, 0.0F);
        rows.shifts.insert(rows.shifts.begin(), 0.0F);
        rows.count = 2;
        return rows;
    }
    bool areOpposite = rows.count == 2 && rows.shifts[0] == -rows.shifts[1];
    for (std::size_t i = 0; areOpposite && i < width; ++i) {
        areOpposite = rows.weights[i] == -rows.weights[width + i];
    }
    if (!areOpposite) {
        return onnxUnsupported(
            "probabilities of one class against the rest, for more than two classes",
            "Train with multi_class=\"multinomial\", or export raw scores.");
    }
    std::fill_n(rows.weights.begin(), width, 0.0F);
    rows.shifts[0] = 0.0F;
    return rows;
}

Result<void> linearClassifier(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(LinearRows rows, linearRows(reader, node));
    const auto texts = node.textLists.find("classlabels_strings");
    const auto numbers = node.integerLists.find("classlabels_ints");
    const std::size_t classes = texts != node.textLists.end() ? texts->second.size()
        : numbers != node.integerLists.end()                  ? numbers->second.size()
                                                              : static_cast<std::size_t>(rows.count);
    const std::string last = textOf(node, "post_transform", "NONE");
    if (last == "LOGISTIC") {
        TY_TRY(rows, twoClassRows(std::move(rows), classes));
    } else if (last != "SOFTMAX" && last != "NONE") {
        return onnxUnsupported("post_transform " + onnxShown(last));
    }
    if (static_cast<std::size_t>(rows.count) != classes) {
        return onnxUnsupported(fmt::format("{} rows of coefficients for {} classes", rows.count, classes));
    }
    // The first result is the label, which follows from the second.
    OnnxNode scores = node;
    scores.outputs.assign(1, node.outputs.size() > 1 ? node.outputs[1] : node.outputs[0]);
    if (last == "NONE") {
        return readRows(reader, scores, rows);
    }
    OnnxNode raw = scores;
    raw.outputs = {scores.outputs.front() + "\nscores"};
    TY_CHECK(readRows(reader, raw, rows));
    const OnnxActivation* value = reader.findValue(raw.outputs.front());
    TY_TRY(auto result, reader.layers().mapped(reader.hint(node) + ".softmax", "softmax", OnnxActivation(*value), Json::object()));
    reader.give(scores, std::move(result));
    return {};
}

/// Of probabilities, which sum to 1 as they are.
Result<void> normalizer(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    const OnnxLayer* layer = reader.layers().find(value.layer);
    const bool areProbabilities = layer != nullptr && layer->description.type == "softmax";
    if (const std::string norm = textOf(node, "norm", "MAX"); norm != "L1" || !areProbabilities) {
        return onnxUnsupported(
            fmt::format("no layer divides a sample by its norm {}", onnxShown(norm)), "Normalise the samples before they are given.");
    }
    reader.give(node, std::move(value));
    return {};
}

} // namespace

const OnnxRules& onnxScikitRules()
{
    static const OnnxRules rules{
        {"ai.onnx.ml:Scaler", scaler},
        {"ai.onnx.ml:LinearRegressor", linearRegressor},
        {"ai.onnx.ml:LinearClassifier", linearClassifier},
        {"ai.onnx.ml:Normalizer", normalizer},
    };
    return rules;
}

} // namespace ty::engine
