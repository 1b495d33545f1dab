#pragma once

#include <cstdint>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/nn/training_session.h"
#include "engine/train/sample_source.h"

namespace ty::engine {

/// What turns sums in the encoded unit into metrics that a person reads.
struct MetricScale {
    Task task = Task::Classification;
    double targetDeviation = 1; ///< own units of the target for one encoded unit
    double targetVariance = 1;  ///< of the targets at hand, in the encoded unit; 0 leaves r2 out
    double valuesPerSample = 1; ///< numbers of a target

    /// With the variance of the targets of `source`.
    static MetricScale of(Task task, double targetDeviation, const SampleSource& source);
};

/// Sums over the batches of an epoch.
struct TrainingTotals {
    double lossSum = 0; ///< each batch's loss times its weight
    double lossWeight = 0;
    std::int64_t samples = 0;
    std::int64_t correct = 0;
    double absoluteErrorSum = 0;
    double squaredErrorSum = 0;

    void add(const StepResult& result, std::size_t batchSamples);
    double loss() const { return lossWeight > 0 ? lossSum / lossWeight : 0; }
    /// {loss, accuracy}, {loss, mae, rmse, r2}, {loss, mse, mae} or {loss, perplexity, accuracy}.
    Json metrics(const MetricScale& scale) const;

    Json toJson() const;
    static Result<TrainingTotals> fromJson(const Json& json);
};

} // namespace ty::engine
