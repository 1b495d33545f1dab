#include "engine/learn/portable_model.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "engine/exchange/onnx_check.h"
#include "engine/exchange/probe_data.h"
#include "engine/exchange/model_weights.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/model_package.h"

namespace ty::engine {

namespace {

constexpr std::size_t kProbeSamples = 64;
constexpr std::uint64_t kProbeSeed = 7;
constexpr std::size_t kSamplesAtOnce = 16'384; ///< whose inputs are in memory together

} // namespace

Result<Predictions> PortableModel::predict(const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    Predictions predictions;
    for (std::size_t first = 0; first < samples.size(); first += kSamplesAtOnce) {
        const auto part = samples.subspan(first, std::min(kSamplesAtOnce, samples.size() - first));
        TY_TRY(const auto given, answers(dataset, part));
        for (const double answer : given) {
            if (m_encoder.areAnswersNames()) {
                predictions.probabilities.push_back(static_cast<float>(answer));
            } else {
                predictions.values.push_back(m_encoder.decodeTarget(answer));
            }
        }
    }
    return predictions;
}

Result<void> PortableModel::save(const std::string& folder) const
{
    return writeModelPackage(folder, cardOf(*this), m_encoder, [this](const std::string& into) {
        return writeModelWeights(into + "/weights.safetensors", tensors());
    });
}

Result<Json> PortableModel::writeExport(
    const std::string& format, const std::string& file, const ExportSettings& settings) const
{
    if (format == "safetensors") {
        const auto learned = tensors();
        TY_CHECK(writeModelWeights(
            file, learned, {{"format", "pt"}, {"card", m_card.dump()}, {"preprocessing", m_encoder.toJson().dump()}}));
        TY_TRY(const auto back, readSafetensors(file));
        std::error_code ignored;
        return Json{
            {"file", file},
            {"format", "safetensors"},
            {"bytes", std::filesystem::file_size(file, ignored)},
            {"tensors", back.tensors.size()},
            {"maxDifference", 0.0}};
    }
    if (format != "onnx") {
        return Error{
            ErrorKind::Unsupported, "this model cannot be exported as \"" + format + "\"; known: onnx, safetensors", {}};
    }
    OnnxOptions options;
    options.opset = settings.opset;
    const auto run = m_card.value("run", std::string());
    options.description = run.empty() ? "Trained by Trainyard" : "Trained by Trainyard in the run " + run;
    TY_TRY(const OnnxReport report, writeOnnxFile(options, file));
    const auto probe = makeProbeDataset(m_encoder, kProbeSamples, kProbeSeed);
    std::vector<std::uint32_t> samples(kProbeSamples);
    std::iota(samples.begin(), samples.end(), 0U);
    TY_TRY(std::vector<double> expected, answers(*probe, samples));
    if (m_encoder.task() == Task::Regression) {
        std::transform(
            expected.begin(), expected.end(), expected.begin(), [&](double value) { return m_encoder.decodeTarget(value); });
    }
    TY_TRY(const double difference, onnxMaxDifference(file, m_encoder, *probe, samples, expected));
    Json result{{"file", file}, {"format", "onnx"}};
    result.update(report.toJson());
    result["maxDifference"] = difference;
    result["comparedSamples"] = kProbeSamples;
    return result;
}

} // namespace ty::engine
