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
#include "engine/exchange/model_weights.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/device.h"
#include "engine/learn/model_package.h"
#include "engine/learn/start_weights.h"
#include "engine/base/available_memory.h"
#include "engine/train/evaluation_batches.h"
#include "engine/train/metrics.h"
#include "engine/base/parallel_ranges.h"

namespace ty::engine {

namespace {

constexpr std::size_t kProbeSamples = 32;
constexpr std::size_t kProbePieces = 2; ///< of a running text, each with an answer for every word
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

/// For exported files, so that what nobody has said of a model of another program can be said still.
std::map<std::string, std::string> sourceMetadata(const Json& card)
{
    const auto source = card.find(kModelSource);
    return source == card.end() ? std::map<std::string, std::string>() : std::map<std::string, std::string>{{kModelSource, toJsonLine(*source)}};
}

/// Of the embeddings that are given whole numbers of a table, not words that the encoder knows; 0: there is none.
std::int64_t smallestVocabulary(const ModelDescription& network, const Encoder& encoder)
{
    std::int64_t smallest = 0;
    for (const LayerDescription& layer : network.layers) {
        const std::int64_t vocabulary = layer.type == "embedding" ? layer.settings.value("vocabulary", std::int64_t{0}) : 0;
        if (vocabulary > 1 && encoder.vocabulary().empty()) { // a single row is a constant, whatever it is given
            smallest = smallest == 0 ? vocabulary : std::min(smallest, vocabulary);
        }
    }
    return smallest;
}

SampleScore pixelScore(std::span<const float> pixels, std::span<const float> given)
{
    SampleScore score;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const double difference = static_cast<double>(given[i]) - static_cast<double>(pixels[i]);
        score.loss += difference * difference;
        score.second += std::abs(difference);
    }
    score.loss /= static_cast<double>(pixels.size());
    score.second /= static_cast<double>(pixels.size());
    return score;
}

/// @param probabilities  {words, vocabulary}
SampleScore wordScore(std::span<const float> words, std::span<const float> probabilities)
{
    SampleScore score;
    const std::size_t vocabulary = probabilities.size() / words.size();
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto row = probabilities.subspan(i * vocabulary, vocabulary);
        const auto word = static_cast<std::size_t>(words[i]);
        score.loss -= std::log(std::max(static_cast<double>(row[word]), 1e-15));
        score.second += largestIndex(row) == word ? 1 : 0;
    }
    score.loss /= static_cast<double>(words.size());
    return score;
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
    const std::vector<std::int64_t> outputs = encoder.outputShape();
    const Shape& given = summary.value().outputShape;
    const bool doOutputsFit = outputs.size() > 1 ? given == outputs : elementCount(given) == outputs.front();
    if (description.value().input != encoder.inputShape() || !doOutputsFit) {
        return Error{ErrorKind::InvalidInput, cardFile + ": the network does not fit the preprocessing", {}};
    }
    constexpr double kSamples = 256;
    TY_TRY(auto backend, makeBackend(device, chooseThreads(0, summary.value().flops * kSamples)));
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd; // the least memory; nothing is trained
    const bool areClasses = encoder.task() == Task::Classification || encoder.task() == Task::NextWord;
    setup.loss = areClasses ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    TY_TRY(auto session, backend->createSession(description.value(), setup, 0));
    TY_TRY(const auto weights, readStartWeights(weightsFile));
    if (auto set = session->setParameters(weights); !set) {
        return std::move(set).error().withContext(weightsFile);
    }
    return std::unique_ptr<Model>(
        std::make_unique<NetworkModel>(std::move(encoder), std::move(card), std::move(backend), std::move(session)));
}

Result<void> NetworkModel::forEachBatch(
    const Dataset& dataset,
    std::span<const std::uint32_t> samples,
    std::size_t rowSize,
    bool isInOrder,
    const BatchTaker& take) const
{
    const std::size_t width = m_encoder.inputSize();
    const auto outputs = static_cast<std::size_t>(elementCount(m_session->summary().outputShape));
    const std::size_t most = predictionBatch(samples.size(), m_session->summary().activationBytes);
    const EvaluationBatches batches = evaluationBatches(samples.size(), most, isInOrder);
    const std::size_t largest = isInOrder ? batches.size : most;
    std::vector<float> rows(largest * rowSize);
    std::vector<float> inputs(largest * width);
    std::vector<float> answers(largest * outputs);
    m_session->resetCarriedState();
    for (std::size_t index = 0; index < batches.count; ++index) {
        const std::vector<std::uint32_t> places = batches.at(index);
        const auto encodePart = [&](std::size_t from, std::size_t to) -> Result<void> {
            for (std::size_t i = from; i < to; ++i) {
                const auto row = std::span(rows).subspan(i * rowSize, rowSize);
                TY_CHECK(m_encoder.encodeInput(dataset, samples[places[i]], row));
                std::copy_n(row.begin(), width, inputs.begin() + static_cast<std::ptrdiff_t>(i * width));
            }
            return {};
        };
        TY_CHECK(parallelRanges(places.size(), m_backend->threads(), encodePart));
        // Of independent samples the last batch is filled up with old rows, whose answers are not looked at, so that one size
        // is compiled. In order it is as large as in the trainer's validation, which then measures the same.
        const std::size_t batch = isInOrder ? places.size() : largest;
        TY_CHECK(m_session->predict(
            std::span(inputs).first(batch * width), static_cast<std::int64_t>(batch),
            std::span(answers).first(batch * outputs)));
        take(places, rows, answers);
        if (!isInOrder) {
            m_session->resetCarriedState();
        }
    }
    return {};
}

Result<Predictions> NetworkModel::answer(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    Predictions predictions;
    const std::size_t width = m_encoder.inputSize();
    const auto outputs = static_cast<std::size_t>(elementCount(m_session->summary().outputShape));
    const auto take = [&](std::span<const std::uint32_t> places, std::span<const float> inputs, std::span<const float> answers) {
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto row = answers.subspan(i * outputs, outputs);
            switch (m_encoder.task()) {
            case Task::Classification:
            case Task::Grouping: // no network does
                predictions.probabilities.insert(predictions.probabilities.end(), row.begin(), row.end());
                break;
            case Task::Regression:
                predictions.values.push_back(m_encoder.decodeTarget(row.front()));
                break;
            case Task::Reconstruction:
                predictions.values.push_back(pixelScore(inputs.subspan(i * width, width), row).loss);
                break;
            case Task::NextWord: {
                const auto last = row.last(m_encoder.vocabulary().size());
                predictions.probabilities.insert(predictions.probabilities.end(), last.begin(), last.end());
                break;
            }
            }
        }
    };
    TY_CHECK(forEachBatch(dataset, samples, width, false, take));
    return predictions;
}

Result<std::vector<SampleScore>> NetworkModel::score(const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    const bool isRunning = m_encoder.task() == Task::NextWord;
    if (!isRunning && m_encoder.task() != Task::Reconstruction) {
        return Model::score(dataset, samples);
    }
    const std::size_t rowSize = m_encoder.inputSize() + (isRunning ? 1 : 0);
    const auto outputs = static_cast<std::size_t>(elementCount(m_session->summary().outputShape));
    std::vector<SampleScore> scores(samples.size());
    const auto take = [&](std::span<const std::uint32_t> places, std::span<const float> rows, std::span<const float> answers) {
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto row = rows.subspan(i * rowSize, rowSize);
            const auto answer = answers.subspan(i * outputs, outputs);
            scores[places[i]] = isRunning ? wordScore(row.subspan(1), answer) : pixelScore(row, answer);
        }
    };
    TY_CHECK(forEachBatch(dataset, samples, rowSize, isRunning, take));
    return scores;
}

Result<std::vector<float>> NetworkModel::reconstruct(const Dataset& dataset, std::uint32_t sample)
{
    if (m_encoder.task() != Task::Reconstruction) {
        return Model::reconstruct(dataset, sample);
    }
    std::vector<float> pixels;
    const auto take = [&](std::span<const std::uint32_t>, std::span<const float>, std::span<const float> answers) {
        pixels.assign(answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(m_encoder.inputSize()));
    };
    TY_CHECK(forEachBatch(dataset, std::span(&sample, 1), m_encoder.inputSize(), false, take));
    return pixels;
}

Result<void> NetworkModel::save(const std::string& folder) const
{
    return writeModelPackage(folder, cardOf(*this), m_encoder, [this](const std::string& into) {
        return writeModelWeights(into + "/weights.safetensors", m_session->parameters());
    });
}

Result<Json> NetworkModel::writeExport(
    const std::string& format, const std::string& file, const ExportSettings& settings) const
{
    if (format == "onnx") {
        return exportOnnx(file, settings.opset);
    }
    if (format == "safetensors") {
        return exportSafetensors(file);
    }
    return Error{
        ErrorKind::Unsupported, "a network cannot be exported as \"" + format + "\"; known: onnx, safetensors", {}};
}

Result<Json> NetworkModel::exportOnnx(const std::string& file, int opset) const
{
    OnnxOptions options;
    options.opset = opset;
    options.metadata = sourceMetadata(m_card);
    const auto run = m_card.contains("run") && m_card["run"].is_string() ? m_card["run"].get<std::string>() : "";
    options.description = run.empty() ? "Trained by Trainyard" : "Trained by Trainyard in the run " + run;
    TY_TRY(const OnnxReport report, writeOnnx(m_session->model(), m_session->parameters(), m_encoder, options, file));
    const std::size_t count = m_encoder.task() == Task::NextWord ? kProbePieces : kProbeSamples;
    const auto probe = makeProbeDataset(m_encoder, count, kProbeSeed, smallestVocabulary(m_session->model(), m_encoder));
    std::vector<std::uint32_t> samples(count);
    std::iota(samples.begin(), samples.end(), 0U);
    const auto outputs = static_cast<std::size_t>(elementCount(m_session->summary().outputShape));
    std::vector<double> numbers(count * outputs);
    const auto take = [&](std::span<const std::uint32_t> places, std::span<const float>, std::span<const float> answers) {
        for (std::size_t i = 0; i < places.size() * outputs; ++i) {
            const double number = answers[i];
            numbers[places.front() * outputs + i] =
                m_encoder.task() == Task::Regression ? m_encoder.decodeTarget(number) : number;
        }
    };
    TY_CHECK(forEachBatch(*probe, samples, m_encoder.inputSize(), false, take));
    TY_TRY(const double difference, onnxMaxDifference(file, m_encoder, *probe, samples, numbers));
    Json result{{"file", file}, {"format", "onnx"}};
    result.update(report.toJson());
    result["maxDifference"] = difference;
    result["comparedSamples"] = count;
    return result;
}

Result<Json> NetworkModel::exportSafetensors(const std::string& file) const
{
    const auto parameters = m_session->parameters();
    std::map<std::string, std::string> metadata = sourceMetadata(m_card);
    metadata["format"] = "pt";
    metadata["network"] = m_session->model().toJson().dump();
    metadata["preprocessing"] = m_encoder.toJson().dump();
    TY_CHECK(writeModelWeights(file, parameters, metadata));
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
