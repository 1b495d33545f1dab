#include "engine/learn/network_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <numeric>

#include "engine/base/files.h"
#include "engine/exchange/onnx_check.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/exchange/probe_data.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/device.h"
#include "engine/learn/model_package.h"
#include "engine/learn/start_weights.h"
#include "engine/base/available_memory.h"
#include "engine/train/parallel_ranges.h"

namespace ty::engine {

namespace {

constexpr std::size_t kProbeSamples = 32;
constexpr std::uint64_t kProbeSeed = 7;

/// Few sizes, so that few executables are compiled: a single answer stays quick, a file stays fast, and large networks
/// stay within the memory.
/// @param activationBytes  of one sample
std::size_t predictionBatch(std::size_t samples, std::uint64_t activationBytes)
{
    constexpr std::uint64_t kLittle = std::uint64_t{16} << 20; // not worth asking how much there is
    constexpr std::uint64_t kMost = std::uint64_t{1} << 30;
    std::size_t batch = 1;
    for (const std::size_t size : {std::size_t{16}, std::size_t{64}, std::size_t{256}}) {
        const std::uint64_t bytes = size * activationBytes;
        if (samples > batch && (bytes <= kLittle || bytes <= std::min(kMost, availableMemoryBytes() / 4))) {
            batch = size;
        }
    }
    return batch;
}

std::uint64_t fileBytes(const std::string& file)
{
    std::error_code ignored;
    const auto bytes = std::filesystem::file_size(file, ignored);
    return ignored ? 0 : static_cast<std::uint64_t>(bytes);
}

} // namespace

NetworkModel::NetworkModel(
    Encoder encoder, Json card, std::unique_ptr<Backend> backend, std::unique_ptr<TrainingSession> session)
    : m_encoder(std::move(encoder))
    , m_card(std::move(card))
    , m_backend(std::move(backend))
    , m_session(std::move(session))
{
    m_card["network"] = m_session->model().toJson();
    m_card["parameters"] = m_session->summary().parameters;
}

Result<std::unique_ptr<Model>> NetworkModel::load(
    const std::string& folder, Json card, Encoder encoder, const std::string& device, const std::string& otherWeights)
{
    const std::string cardFile = folder + "/model.json";
    const std::string weightsFile = otherWeights.empty() ? folder + "/weights.safetensors" : otherWeights;
    TY_TRY(const Json network, jsonField<Json>(card, "network", cardFile));
    auto description = ModelDescription::fromJson(network);
    if (!description) {
        return std::move(description).error().withContext(cardFile + ": network");
    }
    auto summary = summarise(description.value());
    if (!summary) {
        return std::move(summary).error().withContext(cardFile + ": network");
    }
    const auto outputs = static_cast<std::int64_t>(
        encoder.task() == Task::Classification ? encoder.classes().size() : std::size_t{1});
    if (description.value().input != encoder.inputShape() || elementCount(summary.value().outputShape) != outputs) {
        return Error{ErrorKind::InvalidInput, cardFile + ": the network does not fit the preprocessing", {}};
    }
    constexpr double kSamples = 256;
    TY_TRY(auto backend, makeBackend(device, chooseThreads(0, summary.value().flops * kSamples)));
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd; // the least memory; nothing is trained
    setup.loss = encoder.task() == Task::Classification ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    TY_TRY(auto session, backend->createSession(description.value(), setup, 0));
    TY_TRY(const auto weights, readStartWeights(weightsFile));
    if (auto set = session->setParameters(weights); !set) {
        return std::move(set).error().withContext(weightsFile);
    }
    return std::unique_ptr<Model>(
        std::make_unique<NetworkModel>(std::move(encoder), std::move(card), std::move(backend), std::move(session)));
}

Result<Predictions> NetworkModel::answer(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const bool isClassifier = m_encoder.task() == Task::Classification;
    const std::size_t outputs = isClassifier ? m_encoder.classes().size() : 1;
    const std::size_t width = m_encoder.inputSize();
    const std::size_t batch = predictionBatch(samples.size(), m_session->summary().activationBytes);
    std::vector<float> inputs(batch * width);
    std::vector<float> answers(batch * outputs);
    Predictions predictions;
    for (std::size_t first = 0; first < samples.size(); first += batch) {
        const std::size_t count = std::min(batch, samples.size() - first);
        const auto encodePart = [&](std::size_t from, std::size_t to) -> Result<void> {
            for (std::size_t i = from; i < to; ++i) {
                TY_CHECK(m_encoder.encodeInput(dataset, samples[first + i], std::span(inputs).subspan(i * width, width)));
            }
            return {};
        };
        TY_CHECK(parallelRanges(count, m_backend->threads(), encodePart));
        // The rest of the last batch holds old rows; their answers are not looked at.
        TY_CHECK(m_session->predict(inputs, static_cast<std::int64_t>(batch), answers));
        if (isClassifier) {
            predictions.probabilities.insert(
                predictions.probabilities.end(), answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(count * outputs));
        } else {
            for (std::size_t i = 0; i < count; ++i) {
                predictions.values.push_back(m_encoder.decodeTarget(answers[i]));
            }
        }
    }
    return predictions;
}

Result<void> NetworkModel::save(const std::string& folder) const
{
    return writeModelPackage(folder, m_card, m_encoder, [this](const std::string& into) {
        return writeSafetensors(into + "/weights.safetensors", m_session->parameters(), {{"format", "trainyard-weights-1"}});
    });
}

Result<Json> NetworkModel::exportTo(const std::string& format, const std::string& file) const
{
    if (format == "onnx") {
        return exportOnnx(file);
    }
    if (format == "safetensors") {
        return exportSafetensors(file);
    }
    return Error{
        ErrorKind::Unsupported, "a network cannot be exported as \"" + format + "\"; known: onnx, safetensors", {}};
}

Result<Json> NetworkModel::exportOnnx(const std::string& file) const
{
    OnnxOptions options;
    const auto run = m_card.contains("run") && m_card["run"].is_string() ? m_card["run"].get<std::string>() : "";
    options.description = run.empty() ? "Trained by Trainyard" : "Trained by Trainyard in the run " + run;
    TY_TRY(const OnnxReport report, writeOnnx(m_session->model(), m_session->parameters(), m_encoder, options, file));
    const auto probe = makeProbeDataset(m_encoder, kProbeSamples, kProbeSeed);
    std::vector<std::uint32_t> samples(kProbeSamples);
    std::iota(samples.begin(), samples.end(), 0U);
    TY_TRY(const Predictions expected, answer(*probe, samples));
    std::vector<double> numbers = expected.values;
    if (m_encoder.task() == Task::Classification) {
        numbers.assign(expected.probabilities.begin(), expected.probabilities.end());
    }
    TY_TRY(const double difference, onnxMaxDifference(file, m_encoder, *probe, samples, numbers));
    Json result{{"file", file}, {"format", "onnx"}};
    result.update(report.toJson());
    result["maxDifference"] = difference;
    result["comparedSamples"] = kProbeSamples;
    return result;
}

Result<Json> NetworkModel::exportSafetensors(const std::string& file) const
{
    const auto parameters = m_session->parameters();
    const std::map<std::string, std::string> metadata{
        {"format", "pt"}, {"network", m_session->model().toJson().dump()}, {"preprocessing", m_encoder.toJson().dump()}};
    TY_CHECK(writeSafetensors(file, parameters, metadata));
    TY_TRY(const auto back, readSafetensors(file));
    for (const NamedTensor& item : parameters) {
        const auto found = std::find_if(
            back.tensors.begin(), back.tensors.end(), [&](const NamedTensor& t) { return t.name == item.name; });
        const bool isSame = found != back.tensors.end() && found->tensor.shape() == item.tensor.shape()
            && std::memcmp(found->tensor.data(), item.tensor.data(), item.tensor.bytes()) == 0;
        if (!isSame) {
            return Error{ErrorKind::Io, file + ": \"" + item.name + "\" reads back differently from what was written", {}};
        }
    }
    return Json{
        {"file", file},
        {"format", "safetensors"},
        {"bytes", fileBytes(file)},
        {"tensors", parameters.size()},
        {"maxDifference", 0.0}};
}

} // namespace ty::engine
