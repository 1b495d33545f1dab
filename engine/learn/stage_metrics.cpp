#include "engine/learn/stage_metrics.h"

#include <algorithm>
#include <cmath>

#include "engine/train/training_totals.h"

namespace ty::engine {

Json stageMetrics(const Encoder& encoder, std::span<const double> answers, std::span<const float> targets)
{
    if (targets.empty()) {
        return nullptr;
    }
    TrainingTotals totals;
    totals.samples = static_cast<std::int64_t>(targets.size());
    totals.lossWeight = static_cast<double>(targets.size());
    MetricScale scale;
    scale.task = encoder.task();
    scale.targetDeviation = encoder.targetDeviation();
    if (encoder.task() == Task::Classification) {
        const std::size_t classes = answers.size() / targets.size();
        for (std::size_t row = 0; row < targets.size(); ++row) {
            const auto given = answers.subspan(row * classes, classes);
            const auto truth = static_cast<std::size_t>(targets[row]);
            totals.lossSum -= std::log(std::max(given[truth], 1e-15));
            totals.correct += static_cast<std::size_t>(std::max_element(given.begin(), given.end()) - given.begin()) == truth ? 1 : 0;
        }
        return totals.metrics(scale);
    }
    double sum = 0;
    double squares = 0;
    for (std::size_t row = 0; row < targets.size(); ++row) {
        const double target = static_cast<double>(targets[row]);
        const double error = answers[row] - target;
        totals.absoluteErrorSum += std::abs(error);
        totals.squaredErrorSum += error * error;
        sum += target;
        squares += target * target;
    }
    const auto rows = static_cast<double>(targets.size());
    totals.lossSum = totals.squaredErrorSum;
    scale.targetVariance = std::max(0.0, squares / rows - sum / rows * sum / rows);
    return totals.metrics(scale);
}

} // namespace ty::engine
