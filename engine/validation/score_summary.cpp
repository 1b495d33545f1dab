#include "engine/validation/score_summary.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "engine/train/metric_names.h"
#include "engine/validation/student_t.h"

namespace ty::engine {

namespace {

/// Of the mean of folds whose training parts overlap.
double standardError(const ScoreSummary& summary, double heldShare)
{
    return summary.deviation * std::sqrt(1.0 / summary.count + heldShare);
}

Json knownOrNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json();
}

} // namespace

Json ScoreSummary::toJson() const
{
    return {
        {"count", count},
        {"mean", knownOrNull(mean)},
        {"deviation", knownOrNull(deviation)},
        {"interval", interval ? Json({interval->low, interval->high}) : Json()}};
}

ScoreSummary summarise(std::span<const double> scores, double heldShare)
{
    ScoreSummary made;
    made.count = static_cast<int>(scores.size());
    if (scores.empty()) {
        made.mean = std::numeric_limits<double>::quiet_NaN();
        return made;
    }
    made.mean = std::accumulate(scores.begin(), scores.end(), 0.0) / made.count;
    if (made.count < 2) {
        return made;
    }
    double squares = 0;
    for (const double score : scores) {
        squares += (score - made.mean) * (score - made.mean);
    }
    made.deviation = std::sqrt(squares / (made.count - 1));
    const double half = studentQuantile(0.975, made.count - 1) * standardError(made, heldShare);
    made.interval = Interval{made.mean - half, made.mean + half};
    return made;
}

Json PairedComparison::toJson() const
{
    Json json = difference.toJson();
    json["probability"] = knownOrNull(probability);
    json["clear"] = isClear;
    return json;
}

PairedComparison comparePaired(std::span<const double> first, std::span<const double> second, double heldShare)
{
    std::vector<double> differences;
    for (std::size_t i = 0; i < first.size() && i < second.size(); ++i) {
        differences.push_back(first[i] - second[i]);
    }
    PairedComparison made;
    made.difference = summarise(differences, heldShare);
    if (!made.difference.interval) {
        made.probability = std::numeric_limits<double>::quiet_NaN();
        return made;
    }
    const double error = standardError(made.difference, heldShare);
    if (error > 0) {
        const double t = std::abs(made.difference.mean) / error;
        made.probability = 2 * studentProbability(-t, made.difference.count - 1);
        made.isClear = made.difference.interval->low > 0 || made.difference.interval->high < 0;
    } else { // the same difference in each fold
        made.probability = made.difference.mean == 0 ? 1 : 0;
        made.isClear = made.difference.mean != 0;
    }
    return made;
}

std::string comparisonWords(
    const PairedComparison& compared, const std::string& first, const std::string& second, const std::string& metric)
{
    const double mean = compared.difference.mean;
    if (!std::isfinite(mean)) {
        return fmt::format("{} and {} have no fold in common that could be compared.", first, second);
    }
    const std::string label = metricLabel(metric);
    const bool isFirstBetter = (mean > 0) == isHigherBetter(metric);
    const double sign = mean < 0 ? -1 : 1;
    std::string interval;
    if (compared.difference.interval) {
        const double a = sign * compared.difference.interval->low;
        const double b = sign * compared.difference.interval->high;
        interval = fmt::format("95 % interval {:.4f} to {:.4f}", std::min(a, b), std::max(a, b));
    }
    if (compared.isClear) {
        return fmt::format(
            "{} is better than {} by {:.4f} {} ({}).", isFirstBetter ? first : second, isFirstBetter ? second : first,
            std::abs(mean), label, interval);
    }
    if (!compared.difference.interval) {
        return fmt::format("One fold tells nothing certain: {} and {} differ by {:.4f} {}.", first, second, std::abs(mean), label);
    }
    return fmt::format(
        "No clear difference between {} and {}: {:.4f} {} ({}).", first, second, std::abs(mean), label, interval);
}

} // namespace ty::engine
