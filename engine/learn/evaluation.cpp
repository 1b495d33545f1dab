#include "engine/learn/evaluation.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/csv_field.h"
#include "engine/learn/baseline_scores.h"
#include "engine/learn/group_evaluation.h"
#include "engine/train/curves.h"
#include "engine/train/intervals.h"
#include "engine/train/metrics.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostClassesWithCurves = 20;

Json numberOrNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

/// {metric: [low, high]} of those that are known.
Json intervalsJson(std::initializer_list<std::pair<const char*, std::optional<Interval>>> intervals)
{
    Json json = Json::object();
    for (const auto& [metric, interval] : intervals) {
        if (interval) {
            json[metric] = {interval->low, interval->high};
        }
    }
    return json;
}

Json curveJson(const std::vector<CurvePoint>& points)
{
    Json rows = Json::array();
    for (const CurvePoint& point : points) {
        rows.push_back({point.x, point.y, point.threshold});
    }
    return rows;
}

/// ROC and precision-recall of each class; of a binary problem the second class alone.
Json classCurves(
    const std::vector<std::string>& classes, std::span<const float> probabilities, std::span<const std::int32_t> labels)
{
    Json curves = Json::array();
    if (classes.size() > kMostClassesWithCurves) {
        return curves;
    }
    std::vector<float> scores(labels.size());
    std::vector<std::uint8_t> isPositive(labels.size());
    for (std::size_t c = classes.size() == 2 ? 1 : 0; c < classes.size(); ++c) {
        for (std::size_t i = 0; i < labels.size(); ++i) {
            scores[i] = probabilities[i * classes.size() + c];
            isPositive[i] = labels[i] == static_cast<std::int32_t>(c) ? 1 : 0;
        }
        curves.push_back(
            {{"class", classes[c]},
             {"roc", curveJson(rocCurve(scores, isPositive))},
             {"precisionRecall", curveJson(precisionRecallCurve(scores, isPositive))}});
    }
    return curves;
}

Json reliabilityJson(const std::vector<ReliabilityBin>& bins)
{
    Json rows = Json::array();
    for (const ReliabilityBin& bin : bins) {
        rows.push_back(
            {{"low", bin.low},
             {"high", bin.high},
             {"confidence", bin.confidence},
             {"accuracy", bin.accuracy},
             {"samples", bin.samples}});
    }
    return rows;
}

Json classificationReport(
    const std::vector<std::string>& classes, std::span<const float> probabilities, std::span<const std::int32_t> labels)
{
    const std::size_t count = classes.size();
    const ClassificationMetrics metrics = measureClassification(probabilities, labels, count);
    Json counts = Json::array();
    Json perClass = Json::array();
    for (std::size_t c = 0; c < count; ++c) {
        const auto row = metrics.confusion.begin() + static_cast<std::ptrdiff_t>(c * count);
        counts.push_back(std::vector<std::uint64_t>(row, row + static_cast<std::ptrdiff_t>(count)));
        const ClassMetrics& one = metrics.perClass[c];
        perClass.push_back(
            {{"class", classes[c]},
             {"precision", numberOrNull(one.precision)},
             {"recall", numberOrNull(one.recall)},
             {"f1", numberOrNull(one.f1)},
             {"roc_auc", numberOrNull(one.rocAuc)},
             {"support", one.support}});
    }
    return {
        {"task", taskName(Task::Classification)},
        {"samples", metrics.samples},
        {"metrics",
         {{"accuracy", numberOrNull(metrics.accuracy)},
          {"balanced_accuracy", numberOrNull(metrics.balancedAccuracy)},
          {"macro_f1", numberOrNull(metrics.macroF1)},
          {"log_loss", numberOrNull(metrics.logLoss)},
          {"roc_auc", numberOrNull(metrics.rocAuc)},
          {"brier", numberOrNull(metrics.brier)},
          {"calibration_error", numberOrNull(metrics.calibrationError)}}},
        {"intervals",
         intervalsJson(
             {{"accuracy", metrics.accuracyInterval},
              {"balanced_accuracy", metrics.balancedAccuracyInterval},
              {"macro_f1", metrics.macroF1Interval},
              {"log_loss", metrics.logLossInterval}})},
        {"confusion", {{"classes", classes}, {"counts", counts}}},
        {"perClass", perClass},
        {"curves", classCurves(classes, probabilities, labels)},
        {"reliability", reliabilityJson(reliabilityCurve(probabilities, labels, count))}};
}

Json regressionReport(std::span<const double> predicted, std::span<const double> actual)
{
    const RegressionMetrics metrics = measureRegression(predicted, actual);
    return {
        {"task", taskName(Task::Regression)},
        {"samples", metrics.samples},
        {"metrics",
         {{"mae", numberOrNull(metrics.mae)},
          {"rmse", numberOrNull(metrics.rmse)},
          {"r2", numberOrNull(metrics.r2)},
          {"max_error", numberOrNull(metrics.maxError)}}},
        {"intervals",
         intervalsJson({{"mae", metrics.maeInterval}, {"rmse", metrics.rmseInterval}, {"r2", metrics.r2Interval}})}};
}

Error withoutTargets(const Dataset& dataset)
{
    return Error{
        ErrorKind::InvalidInput,
        dataset.info().path + ": no sample has a known target, so nothing can be measured",
        "Use predict for data without answers, or name the target column."};
}

Result<Evaluation> evaluateClassifier(
    Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples, const Json& baseline)
{
    std::vector<std::uint32_t> labelled;
    std::vector<std::int32_t> labels;
    const auto& classes = model.encoder().classes();
    for (const std::uint32_t sample : samples) {
        const std::int32_t label = dataset.classOf(sample);
        if (label >= 0 && static_cast<std::size_t>(label) < classes.size()) {
            labelled.push_back(sample);
            labels.push_back(label);
        }
    }
    if (labelled.empty()) {
        return withoutTargets(dataset);
    }
    TY_TRY(const Predictions predictions, model.predict(dataset, labelled));
    Evaluation evaluation;
    evaluation.report = classificationReport(classes, predictions.probabilities, labels);
    evaluation.report["baseline"] = baselineMetrics(baseline, labels);
    evaluation.report["unlabelled"] = samples.size() - labelled.size();
    evaluation.samplesCsv = "id,true,predicted,confidence,loss,sample\n";
    for (std::size_t i = 0; i < labelled.size(); ++i) {
        const auto row = std::span(predictions.probabilities).subspan(i * classes.size(), classes.size());
        const std::size_t answer = largestIndex(row);
        const auto truth = static_cast<std::size_t>(labels[i]);
        fmt::format_to(
            std::back_inserter(evaluation.samplesCsv),
            "{},{},{},{:.6g},{:.6g},{}\n",
            csvField(dataset.sampleId(labelled[i])),
            csvField(classes[truth]),
            csvField(classes[answer]),
            row[answer],
            -std::log(std::clamp(static_cast<double>(row[truth]), 1e-15, 1.0)),
            labelled[i]);
    }
    return evaluation;
}

Result<Evaluation> evaluateRegressor(
    Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples, const Json& baseline)
{
    std::vector<std::uint32_t> labelled;
    std::vector<double> actual;
    for (const std::uint32_t sample : samples) {
        const double value = dataset.targetOf(sample);
        if (std::isfinite(value)) {
            labelled.push_back(sample);
            actual.push_back(value);
        }
    }
    if (labelled.empty()) {
        return withoutTargets(dataset);
    }
    TY_TRY(const Predictions predictions, model.predict(dataset, labelled));
    Evaluation evaluation;
    evaluation.report = regressionReport(predictions.values, actual);
    evaluation.report["baseline"] = baselineMetrics(baseline, actual);
    evaluation.report["unlabelled"] = samples.size() - labelled.size();
    evaluation.samplesCsv = "id,true,predicted,confidence,loss,sample\n";
    for (std::size_t i = 0; i < labelled.size(); ++i) {
        fmt::format_to(
            std::back_inserter(evaluation.samplesCsv),
            "{},{:.9g},{:.9g},,{:.6g},{}\n",
            csvField(dataset.sampleId(labelled[i])),
            actual[i],
            predictions.values[i],
            std::abs(predictions.values[i] - actual[i]),
            labelled[i]);
    }
    return evaluation;
}

/// Of models whose samples are their own target.
Result<Evaluation> evaluateScores(Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    const Encoder& encoder = model.encoder();
    const bool areWords = encoder.task() == Task::NextWord;
    TY_TRY(const auto scores, model.score(dataset, samples));
    std::vector<double> losses;
    double second = 0;
    Evaluation evaluation;
    evaluation.samplesCsv = "id,true,predicted,confidence,loss,sample\n";
    for (std::size_t i = 0; i < scores.size(); ++i) {
        losses.push_back(scores[i].loss);
        second += scores[i].second;
        const std::int32_t label = areWords ? -1 : dataset.classOf(samples[i]);
        const bool isNamed = label >= 0 && static_cast<std::size_t>(label) < encoder.classes().size();
        fmt::format_to(
            std::back_inserter(evaluation.samplesCsv),
            "{},{},,,{:.6g},{}\n",
            csvField(dataset.sampleId(samples[i])),
            isNamed ? csvField(encoder.classes()[static_cast<std::size_t>(label)]) : std::string(),
            scores[i].loss,
            samples[i]);
    }
    const double n = static_cast<double>(std::max<std::size_t>(1, scores.size()));
    const double loss = std::accumulate(losses.begin(), losses.end(), 0.0) / n;
    const std::optional<Interval> interval = meanInterval(losses);
    Json& report = evaluation.report;
    report = {{"task", taskName(encoder.task())}, {"samples", scores.size()}, {"unlabelled", 0}};
    if (areWords) {
        const double words = n * static_cast<double>(encoder.inputSize());
        report["metrics"] = {
            {"perplexity", numberOrNull(std::exp(loss))},
            {"log_loss", numberOrNull(loss)},
            {"accuracy", numberOrNull(second / words)},
            {"bits_per_word", numberOrNull(loss / std::log(2.0))}};
        report["intervals"] = intervalsJson({{"log_loss", interval}});
        report["words"] = scores.size() * encoder.inputSize();
        return evaluation;
    }
    report["metrics"] = {
        {"mse", numberOrNull(loss)}, {"rmse", numberOrNull(std::sqrt(loss))}, {"mae", numberOrNull(second / n)}};
    report["intervals"] = intervalsJson({{"mse", interval}});
    return evaluation;
}

} // namespace

Result<Evaluation> evaluateInDetail(
    Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples, const Json& baseline)
{
    const Json known = baseline.is_null() ? model.card().value("baseline", Json()) : baseline;
    dataset.expect(samples);
    TY_CHECK(model.encoder().checkFits(dataset));
    switch (model.encoder().task()) {
    case Task::Classification:
        return evaluateClassifier(model, dataset, samples, known);
    case Task::Regression:
        return evaluateRegressor(model, dataset, samples, known);
    case Task::Grouping:
        return evaluateGroups(model, dataset, samples);
    case Task::Reconstruction:
    case Task::NextWord:
        break;
    }
    return evaluateScores(model, dataset, samples);
}

Result<Json> evaluateModel(Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    TY_TRY(const Evaluation evaluation, evaluateInDetail(model, dataset, samples));
    return evaluation.report;
}

} // namespace ty::engine
