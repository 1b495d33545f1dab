#include "tests/exchange/exported_cases.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <utility>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/json.h"
#include "engine/exchange/onnx_check.h"
#include "engine/exchange/probe_data.h"
#include "engine/nn/training_session.h"

namespace ty::testing {

using namespace ty::engine;

namespace {

constexpr std::uint64_t kTrainingSamples = 64;
constexpr std::uint64_t kProbes = 32;
constexpr double kLearningRate = 2e-3; // small: saturated probabilities would agree whatever the weights
constexpr int kSteps = 3;              // enough to move weights and running statistics away from where they began

Json layer(const char* name, const char* type, Json settings = Json::object(), std::vector<std::string> inputs = {})
{
    Json json = {{"name", name}, {"type", type}};
    if (!inputs.empty()) {
        json["inputs"] = std::move(inputs);
    }
    json.update(settings);
    return json;
}

/// Every layer type and activation at once.
Result<ModelDescription> everyLayer()
{
    const Json json = {
        {"input", {3, 17, 14}},
        {"layers",
         {layer("conv1", "conv2d", {{"filters", 8}, {"kernel", 3}, {"stride", 2}, {"activation", "leakyRelu"}}),
          layer("norm1", "batchNorm", {{"activation", "silu"}}),
          layer("grouped", "conv2d", {{"filters", 8}, {"kernel", {3, 2}}, {"groups", 4}, {"dilation", 2}, {"bias", false}}),
          layer("elu", "elu"),
          layer("skip", "add", {{"activation", "gelu"}}, {"norm1", "elu"}),
          layer("gate", "conv2d", {{"filters", 8}, {"kernel", 1}, {"activation", "sigmoid"}}, {"skip"}),
          layer("gated", "multiply", Json::object(), {"skip", "gate"}),
          layer("maximum", "maxPool2d", {{"kernel", 3}, {"stride", 2}, {"padding", "same"}}),
          layer("average", "averagePool2d", {{"kernel", 2}, {"stride", 2}, {"padding", 1}}, {"gated"}),
          layer("both", "concat", Json::object(), {"maximum", "average"}),
          layer("pictureNorm", "layerNorm"),
          layer("global", "globalAveragePool2d"),
          layer("largest", "globalMaxPool2d", Json::object(), {"pictureNorm"}),
          layer("flat", "flatten", Json::object(), {"pictureNorm"}),
          layer("joined", "concat", Json::object(), {"global", "largest", "flat"}),
          layer("drop", "dropout", {{"rate", 0.3}}),
          layer("hidden", "dense", {{"units", 16}, {"activation", "tanh"}}),
          layer("flatNorm", "layerNorm", {{"epsilon", 1e-3}}),
          layer("denseNorm", "batchNorm"),
          layer("square", "reshape", {{"shape", {1, 4, 4}}}),
          layer("last", "conv2d", {{"filters", 2}, {"kernel", 2}, {"padding", {1, 0, 0, 1}}, {"activation", "relu"}}),
          layer("attention", "dense", {{"units", 6}}),
          layer("soft", "softmax"),
          layer("logits", "dense", {{"units", 4}})}}};
    return ModelDescription::fromJson(json);
}

/// The layer types that came later: more axes, and pictures that grow again.
Result<ModelDescription> everyShape()
{
    const Json json = {
        {"input", {3, 17, 14}},
        {"layers",
         {layer("byte", "scale", {{"factor", 0.5}}),
          layer("down", "conv2d", {{"filters", 8}, {"kernel", 3}, {"stride", 2}, {"activation", "hardSwish"}}),
          layer("groups", "groupNorm", {{"groups", 4}, {"activation", "hardTanh"}}),
          layer("depthwise", "conv2d", {{"filters", 8}, {"kernel", 3}, {"groups", 8}, {"activation", "hardSigmoid"}}),
          layer("up", "upsample2d", {{"factor", {2, 1}}}),
          layer("transposed", "convTranspose2d", {{"filters", 6}, {"kernel", 3}, {"stride", 2}, {"groups", 2}}),
          layer("cut", "slice", {{"axis", 2}, {"begin", 1}, {"count", 30}}),
          layer("ceil", "maxPool2d", {{"kernel", 3}, {"stride", 4}, {"ceil", true}}),
          layer("mean", "averagePool2d", {{"kernel", 3}, {"stride", 2}, {"ceil", true}}),
          layer("padded", "pad", {{"before", {1, 0, 2}}, {"after", {1, 1, 0}}}),
          layer("rows", "reshape", {{"shape", {8, 20}}}),
          layer("turned", "transpose", {{"order", {2, 1}}}),
          layer("each", "dense", {{"units", 12}, {"over", "last"}, {"activation", "gelu"}}),
          layer("eachNorm", "layerNorm", {{"over", "last"}}),
          layer("soft", "softmax"),
          layer("wider", "concat", {{"axis", 2}}, {"soft", "each"}),
          layer("along", "conv1d", {{"filters", 4}, {"kernel", 3}, {"stride", 2}, {"padding", {2, 1}}}),
          layer("total", "sum", {{"axes", {1}}}),
          layer("wide", "mean", {{"axes", {2}}}, {"wider"}),
          layer("large", "maxPool2d", {{"kernel", {20, 13}}, {"stride", {9, 1}}, {"padding", 2}, {"ceil", true}}, {"transposed"}),
          layer("largest", "flatten"),
          layer("both", "concat", Json::object(), {"total", "wide", "largest"}),
          layer("logits", "dense", {{"units", 4}})}}};
    return ModelDescription::fromJson(json);
}

/// Everything that walks over sequences.
Result<ModelDescription> everySequence()
{
    const Json json = {
        {"input", {3, 17, 14}},
        {"layers",
         {layer("rows", "reshape", {{"shape", {51, 14}}}),
          layer("few", "slice", {{"axis", 1}, {"begin", 3}, {"count", 12}}),
          layer("both", "lstm", {{"units", 6}, {"layers", 2}, {"bidirectional", true}, {"output", "all"}}),
          layer("gated", "gru", {{"units", 10}, {"bidirectional", true}, {"output", "all"}}),
          layer("carried", "lstm", {{"units", 12}, {"output", "all"}, {"carryState", true}}),
          layer("self", "attention", {{"heads", 3}, {"causal", true}}),
          layer("sum", "add", Json::object(), {"self", "carried"}),
          layer("norm", "layerNorm", {{"over", "last"}}),
          layer("cross", "attention", {{"heads", 2}, {"units", 8}, {"bias", false}, {"dropout", 0.1}}, {"norm", "gated"}),
          layer("relu", "rnn", {{"units", 7}, {"activation", "relu"}, {"output", "all"}}),
          layer("tanh", "rnn", {{"units", 6}, {"bidirectional", true}}),
          layer("unit", "sigmoid"),
          layer("numbers", "scale", {{"factor", 8.999}}),
          layer("words", "embedding", {{"vocabulary", 9}, {"units", 5}}),
          layer("last", "gru", {{"units", 8}}),
          layer("wide", "concat", Json::object(), {"last", "unit"}),
          layer("logits", "dense", {{"units", 4}})}}};
    return ModelDescription::fromJson(json);
}

/// Attention whose queries, keys and values all come from a reshaped or turned input, with no layer before it that learns.
Result<ModelDescription> attentionOfAnInput()
{
    const Json json = {
        {"input", {3, 17, 14}},
        {"layers",
         {layer("rows", "reshape", {{"shape", {51, 14}}}),
          layer("self", "attention", {{"heads", 2}}),
          layer("turned", "transpose", {{"order", {2, 1}}}, {"rows"}),
          layer("other", "attention", {{"heads", 3}, {"causal", true}}),
          layer("back", "transpose", {{"order", {2, 1}}}),
          layer("both", "add", Json::object(), {"self", "back"}),
          layer("mean", "mean", {{"axes", {1}}}),
          layer("logits", "dense", {{"units", 4}})}}};
    return ModelDescription::fromJson(json);
}

Result<std::vector<float>> encode(const Encoder& encoder, const Dataset& data, std::span<const std::uint32_t> samples)
{
    std::vector<float> inputs(samples.size() * encoder.inputSize());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        TY_CHECK(encoder.encodeInput(data, samples[i], std::span(inputs).subspan(i * encoder.inputSize(), encoder.inputSize())));
    }
    return inputs;
}

Result<void> train(TrainingSession& session, const Encoder& encoder, const Dataset& data, std::span<const std::uint32_t> samples)
{
    TY_TRY(const auto inputs, encode(encoder, data, samples));
    std::vector<float> targets;
    for (const auto sample : samples) {
        targets.push_back(encoder.encodeTarget(data, sample));
    }
    for (int step = 0; step < kSteps; ++step) {
        TY_CHECK(session.step(inputs, targets, kLearningRate));
    }
    return {};
}

Json valuesJson(const OnnxValues& values)
{
    Json json = Json::object();
    for (const auto& [name, value] : values) {
        json[name]["dims"] = value.shape;
        if (value.texts.empty()) {
            json[name]["numbers"] = value.numbers; // NaN becomes null
        } else {
            json[name]["texts"] = value.texts;
        }
    }
    return json;
}

/// The engine's answers in the shape of the file's outputs; the unit of `value` is the target's deviation.
OnnxValues expectedOutputs(const Encoder& encoder, const std::vector<double>& expected)
{
    const auto batch = static_cast<std::int64_t>(kProbes);
    OnnxValue numbers;
    numbers.numbers.assign(expected.begin(), expected.end());
    if (encoder.task() == Task::Regression) {
        numbers.shape = {batch, 1};
        return {{"value", numbers}};
    }
    const auto classes = static_cast<std::int64_t>(encoder.classes().size());
    numbers.shape = {batch, classes};
    OnnxValue labels;
    labels.shape = {batch};
    for (auto row = expected.begin(); row != expected.end(); row += classes) {
        labels.texts.push_back(encoder.classes()[static_cast<std::size_t>(std::max_element(row, row + classes) - row)]);
    }
    return {{"probabilities", numbers}, {"label", labels}};
}

ModelDescription presetFor(const CasePlan& plan, const Encoder& encoder)
{
    const auto outputs = encoder.task() == Task::Classification ? static_cast<std::int64_t>(encoder.classes().size()) : 1;
    return encoder.kind() == DataKind::Image
        ? imagePreset(plan.size, encoder.inputShape(), outputs, 60000)
        : tablePreset(plan.size, encoder.inputShape().front(), outputs, kTrainingSamples);
}

} // namespace

std::vector<CasePlan> casePlans()
{
    const std::array<std::pair<const char*, PresetSize>, 3> sizes{
        {{"fast", PresetSize::Fast}, {"balanced", PresetSize::Balanced}, {"best", PresetSize::Best}}};
    std::vector<CasePlan> plans;
    for (const auto& [size, preset] : sizes) {
        const auto add = [&, preset = preset, size = std::string(size)](const char* name, std::unique_ptr<TinyDataset> data) {
            plans.push_back({std::string(name) + " " + size, std::move(data), preset, {}, 13});
        };
        add("grey 8x8", tinyImages({1, 8, 8}, 10, kTrainingSamples));
        add("grey 28x28", tinyImages({1, 28, 28}, 10, kTrainingSamples));
        add("colour 32x32", tinyImages({3, 32, 32}, 5, kTrainingSamples));
        add("numbers", tinyTable({}, kTrainingSamples));
        add("missing and categories", tinyTable({true, true, true, Task::Classification}, kTrainingSamples));
        add("regression", tinyTable({false, false, true, Task::Regression}, kTrainingSamples));
        add("regression with categories", tinyTable({true, true, false, Task::Regression}, kTrainingSamples));
    }
    plans.push_back({"colour 96x72 best", tinyImages({3, 96, 72}, 3, kTrainingSamples), PresetSize::Best, {}, 13});
    for (const int opset : {13, 17}) {
        const auto add = [&plans, opset](const char* name, Result<ModelDescription> model) {
            plans.push_back(
                {std::string(name) + ", opset " + std::to_string(opset),
                 tinyImages({3, 17, 14}, 4, kTrainingSamples),
                 PresetSize::Fast,
                 model ? std::move(model).value() : ModelDescription{{}, {{"broken", "broken", {}, {}}}},
                 opset});
        };
        add("every layer", everyLayer());
        add("every shape", everyShape());
        add("every sequence", everySequence());
        add("attention of an input", attentionOfAnInput());
    }
    return plans;
}

Result<ExportedCase> exportCase(CasePlan plan, const std::string& folder)
{
    ExportedCase result;
    result.name = plan.name;
    std::vector<std::uint32_t> all(kTrainingSamples);
    std::iota(all.begin(), all.end(), 0U);
    TY_TRY(result.encoder, Encoder::fit(*plan.data, all));
    const auto& encoder = result.encoder;
    const ModelDescription model = plan.model.layers.empty() ? presetFor(plan, encoder) : plan.model;

    TrainingSetup setup;
    setup.loss = encoder.task() == Task::Classification ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    const auto backend = makeCpuBackend(1);
    TY_TRY(const auto session, backend->createSession(model, setup, 5));
    TY_CHECK(train(*session, encoder, *plan.data, all));

    result.probes = makeProbeDataset(encoder, kProbes, 99);
    result.samples.assign(all.begin(), all.begin() + kProbes);
    TY_TRY(const auto inputs, encode(encoder, *result.probes, result.samples));
    std::vector<float> outputs(kProbes * (encoder.task() == Task::Classification ? encoder.classes().size() : 1));
    TY_CHECK(session->predict(inputs, static_cast<std::int64_t>(kProbes), outputs));
    result.model = model;
    result.encoded = inputs;
    result.outputs = outputs;
    for (const float output : outputs) {
        result.expected.push_back(encoder.task() == Task::Classification ? static_cast<double>(output) : encoder.decodeTarget(output));
    }

    std::string stem = plan.name;
    std::replace(stem.begin(), stem.end(), ' ', '_');
    result.onnxFile = folder + "/" + stem + ".onnx";
    OnnxOptions options;
    options.opset = plan.opset;
    TY_TRY(result.report, writeOnnx(model, session->parameters(), encoder, options, result.onnxFile));

    result.caseFile = folder + "/" + stem + ".json";
    TY_TRY(const auto raw, onnxInputs(encoder, *result.probes, result.samples));
    const Json json = {
        {"model", result.onnxFile},
        {"unit", encoder.task() == Task::Classification ? 1.0 : encoder.targetDeviation()},
        {"inputs", valuesJson(raw)},
        {"outputs", valuesJson(expectedOutputs(encoder, result.expected))}};
    TY_CHECK(writeJsonFile(result.caseFile, json));
    return result;
}

} // namespace ty::testing
