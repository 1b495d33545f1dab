#include "engine/train/training_totals.h"

#include <cmath>

namespace ty::engine {

MetricScale MetricScale::of(Task task, double targetDeviation, const SampleSource& source)
{
    MetricScale scale{task, targetDeviation, 0, static_cast<double>(source.targetSize())};
    const auto n = static_cast<double>(source.size());
    if (task != Task::Regression || source.size() == 0) {
        return scale;
    }
    double mean = 0;
    for (std::size_t i = 0; i < source.size(); ++i) {
        mean += source.target(i) / n;
    }
    for (std::size_t i = 0; i < source.size(); ++i) {
        const double difference = source.target(i) - mean;
        scale.targetVariance += difference * difference / n;
    }
    return scale;
}

void TrainingTotals::add(const StepResult& result, std::size_t batchSamples)
{
    lossSum += result.loss * result.lossWeight;
    lossWeight += result.lossWeight;
    samples += static_cast<std::int64_t>(batchSamples);
    correct += result.correct;
    absoluteErrorSum += result.absoluteErrorSum;
    squaredErrorSum += result.squaredErrorSum;
}

Json TrainingTotals::metrics(const MetricScale& scale) const
{
    const double n = static_cast<double>(samples > 0 ? samples : 1) * scale.valuesPerSample;
    Json metrics{{"loss", loss()}};
    if (scale.task == Task::NextWord) {
        metrics["perplexity"] = std::exp(loss());
    }
    if (scale.task == Task::Classification || scale.task == Task::NextWord) {
        metrics["accuracy"] = static_cast<double>(correct) / n;
        return metrics;
    }
    if (scale.task == Task::Reconstruction) {
        metrics["mse"] = squaredErrorSum / n;
        metrics["mae"] = absoluteErrorSum / n;
        return metrics;
    }
    metrics["mae"] = absoluteErrorSum / n * scale.targetDeviation;
    metrics["rmse"] = std::sqrt(squaredErrorSum / n) * scale.targetDeviation;
    if (scale.targetVariance > 0) {
        metrics["r2"] = 1 - squaredErrorSum / n / scale.targetVariance;
    }
    return metrics;
}

Json TrainingTotals::toJson() const
{
    return Json{
        {"lossSum", lossSum},
        {"lossWeight", lossWeight},
        {"samples", samples},
        {"correct", correct},
        {"absoluteErrorSum", absoluteErrorSum},
        {"squaredErrorSum", squaredErrorSum}};
}

Result<TrainingTotals> TrainingTotals::fromJson(const Json& json)
{
    const std::string what = "totals of the epoch";
    TrainingTotals totals;
    TY_TRY(totals.lossSum, jsonField<double>(json, "lossSum", what));
    TY_TRY(totals.samples, jsonField<std::int64_t>(json, "samples", what));
    TY_TRY(totals.lossWeight, jsonFieldOr<double>(json, "lossWeight", static_cast<double>(totals.samples), what));
    TY_TRY(totals.correct, jsonField<std::int64_t>(json, "correct", what));
    TY_TRY(totals.absoluteErrorSum, jsonField<double>(json, "absoluteErrorSum", what));
    TY_TRY(totals.squaredErrorSum, jsonField<double>(json, "squaredErrorSum", what));
    return totals;
}

} // namespace ty::engine
