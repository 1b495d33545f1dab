#include "engine/exchange/bayes_exchange.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_preprocessing.h"

namespace ty::engine {

namespace {

NamedTensor doublesOf(const char* name, Shape shape, const std::vector<double>& values)
{
    NamedTensor named{name, Tensor(DType::Float64, std::move(shape))};
    std::copy(values.begin(), values.end(), static_cast<double*>(named.tensor.data()));
    return named;
}

/// Nothing if the tensor is missing or not of this size.
std::optional<std::vector<double>> readDoubles(const std::vector<NamedTensor>& tensors, const char* name, std::size_t count)
{
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& item) { return item.name == name; });
    if (found == tensors.end() || found->tensor.dtype() != DType::Float64
        || found->tensor.size() != static_cast<std::int64_t>(count)) {
        return std::nullopt;
    }
    const auto* values = static_cast<const double*>(found->tensor.data());
    return std::vector<double>(values, values + count);
}

/// {classes, inputs} as {inputs, classes} in float32.
std::vector<float> transposed(const std::vector<double>& values, std::size_t classes)
{
    const std::size_t inputs = values.size() / classes;
    std::vector<float> turned(values.size());
    for (std::size_t c = 0; c < classes; ++c) {
        for (std::size_t j = 0; j < inputs; ++j) {
            turned[j * classes + c] = static_cast<float>(values[c * inputs + j]);
        }
    }
    return turned;
}

/// {N, classes}. As squares of (x - mean) / deviation, which float32 can hold; our own form needs float64.
std::string addGaussianScores(OnnxGraph& graph, const NaiveBayes& bayes, const std::string& rows)
{
    const std::size_t classes = bayes.offsets.size();
    const std::size_t inputs = bayes.weights.size() / classes;
    const auto width = static_cast<std::int64_t>(inputs);
    const auto halves = graph.floats("halves", {width, 1}, std::vector<float>(inputs, -0.5F));
    std::vector<std::string> scores;
    for (std::size_t c = 0; c < classes; ++c) {
        std::vector<float> means;
        std::vector<float> deviations;
        double offset = bayes.offsets[c];
        for (std::size_t j = c * inputs; j < (c + 1) * inputs; ++j) {
            const double variance = -0.5 / bayes.curvatures[j];
            const double mean = bayes.weights[j] * variance;
            means.push_back(static_cast<float>(mean));
            deviations.push_back(static_cast<float>(std::sqrt(variance)));
            offset += 0.5 * mean * mean / variance;
        }
        const std::array shift{static_cast<float>(offset)};
        const auto centred = graph.node("Sub", {rows, graph.floats("means", {width}, means)}, {}, "centred");
        const auto scaled = graph.node("Div", {centred, graph.floats("deviations", {width}, deviations)}, {}, "scaled");
        const auto squares = graph.node("Mul", {scaled, scaled}, {}, "squares");
        const auto sum = graph.node("MatMul", {squares, halves}, {}, "distance");
        scores.push_back(graph.node("Add", {sum, graph.floats("offset", {1}, shift)}, {}, "score"));
    }
    return graph.node("Concat", scores, {{"axis", std::int64_t{1}}}, "scores");
}

} // namespace

const char* bayesName(BayesKind kind)
{
    return kind == BayesKind::Gaussian ? "gaussian" : kind == BayesKind::Multinomial ? "multinomial" : "bernoulli";
}

BayesKind bayesKind(const std::string& name)
{
    return name == "gaussian" ? BayesKind::Gaussian : name == "multinomial" ? BayesKind::Multinomial : BayesKind::Bernoulli;
}

std::vector<NamedTensor> bayesTensors(const NaiveBayes& bayes)
{
    const auto classes = static_cast<std::int64_t>(bayes.offsets.size());
    const auto inputs = static_cast<std::int64_t>(bayes.weights.size()) / classes;
    std::vector<NamedTensor> tensors{
        doublesOf("offsets", {classes}, bayes.offsets), doublesOf("weights", {classes, inputs}, bayes.weights)};
    if (bayes.kind == BayesKind::Gaussian) {
        tensors.push_back(doublesOf("curvatures", {classes, inputs}, bayes.curvatures));
    }
    if (bayes.kind == BayesKind::Bernoulli) {
        const std::vector<double> thresholds(bayes.thresholds.begin(), bayes.thresholds.end());
        tensors.push_back(doublesOf("thresholds", {inputs}, thresholds));
    }
    return tensors;
}

Result<NaiveBayes> bayesFromTensors(
    const std::vector<NamedTensor>& tensors, BayesKind kind, std::size_t classes, std::size_t inputs)
{
    NaiveBayes bayes;
    bayes.kind = kind;
    const auto offsets = readDoubles(tensors, "offsets", classes);
    const auto weights = readDoubles(tensors, "weights", classes * inputs);
    const auto curvatures = readDoubles(tensors, "curvatures", classes * inputs);
    const auto thresholds = readDoubles(tensors, "thresholds", inputs);
    if (classes == 0 || !offsets || !weights || (kind == BayesKind::Gaussian && !curvatures)
        || (kind == BayesKind::Bernoulli && !thresholds)) {
        return Error{ErrorKind::InvalidInput, "the tensors of naive Bayes are missing or do not fit", {}};
    }
    bayes.offsets = *offsets;
    bayes.weights = *weights;
    if (kind == BayesKind::Gaussian) {
        bayes.curvatures = *curvatures;
    }
    if (kind == BayesKind::Bernoulli) {
        for (const double threshold : *thresholds) {
            bayes.thresholds.push_back(static_cast<float>(threshold));
        }
    }
    return bayes;
}

Result<OnnxReport> writeBayesOnnx(
    const NaiveBayes& bayes, const Encoder& encoder, const OnnxOptions& options, const std::string& file)
{
    return writeOnnxWith(encoder, options, file, [&](OnnxGraph& graph) -> Result<OnnxAnswer> {
        const auto classes = static_cast<std::int64_t>(bayes.offsets.size());
        const auto inputs = static_cast<std::int64_t>(bayes.weights.size()) / classes;
        auto seen = addPreprocessing(graph, encoder);
        if (encoder.kind() == DataKind::Image) {
            seen = graph.node("Flatten", {seen}, {{"axis", std::int64_t{1}}}, "pixels");
        }
        if (bayes.kind == BayesKind::Bernoulli) {
            // 1 above the threshold, else 0: what is above by a hair becomes a large number, and is clipped.
            const std::array large{1e30F};
            const std::array none{0.0F};
            const std::array one{1.0F};
            const auto above = graph.node("Sub", {seen, graph.floats("thresholds", {inputs}, bayes.thresholds)}, {}, "above");
            const auto far = graph.node("Mul", {above, graph.floats("large", {1}, large)}, {}, "far_above");
            seen = graph.node("Clip", {far, graph.floats("none", {}, none), graph.floats("one", {}, one)}, {}, "is_above");
        }
        if (bayes.kind == BayesKind::Gaussian) {
            return OnnxAnswer{addGaussianScores(graph, bayes, seen), OnnxAnswer::Kind::Logits};
        }
        const auto weights = graph.floats("weights", {inputs, classes}, transposed(bayes.weights, bayes.offsets.size()));
        const auto scores = graph.node("MatMul", {seen, weights}, {}, "weighed");
        std::vector<float> offsets;
        for (const double offset : bayes.offsets) {
            offsets.push_back(static_cast<float>(offset));
        }
        return OnnxAnswer{
            graph.node("Add", {scores, graph.floats("offsets", {classes}, offsets)}, {}, "scores"), OnnxAnswer::Kind::Logits};
    });
}

} // namespace ty::engine
