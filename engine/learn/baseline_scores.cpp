#include "engine/learn/baseline_scores.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ty::engine {

namespace {

/// The shares of the classes; empty if there are none.
std::vector<double> sharesIn(const Json& facts)
{
    std::vector<double> shares;
    const auto found = facts.is_object() ? facts.find("shares") : facts.end();
    if (facts.is_object() && found != facts.end() && found->is_array()) {
        for (const Json& share : *found) {
            shares.push_back(share.is_number() ? share.get<double>() : 0);
        }
    }
    return shares;
}

} // namespace

Json baselineFacts(const Dataset& dataset, Task task, std::span<const std::uint32_t> samples)
{
    double known = 0;
    if (task == Task::Classification) {
        std::vector<double> counts(dataset.info().classes.size());
        for (const std::uint32_t sample : samples) {
            const std::int32_t label = dataset.classOf(sample);
            if (label >= 0 && static_cast<std::size_t>(label) < counts.size()) {
                ++counts[static_cast<std::size_t>(label)];
                ++known;
            }
        }
        for (double& count : counts) {
            count /= std::max(1.0, known);
        }
        return known > 0 ? Json{{"shares", counts}} : Json();
    }
    if (task == Task::Regression) {
        double sum = 0;
        for (const std::uint32_t sample : samples) {
            const double value = dataset.targetOf(sample);
            sum += std::isfinite(value) ? value : 0;
            known += std::isfinite(value) ? 1 : 0;
        }
        return known > 0 ? Json{{"mean", sum / known}} : Json();
    }
    return {};
}

Json baselineMetrics(const Json& facts, std::span<const std::int32_t> labels)
{
    const std::vector<double> shares = sharesIn(facts);
    if (shares.empty() || labels.empty()) {
        return {};
    }
    std::vector<double> counts(shares.size());
    for (const std::int32_t label : labels) {
        if (label < 0 || static_cast<std::size_t>(label) >= shares.size()) {
            return {}; // of other classes than the model's
        }
        ++counts[static_cast<std::size_t>(label)];
    }
    constexpr double kLeast = 1e-15; // as in measureClassification()
    const double all = static_cast<double>(labels.size());
    const auto answer = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    double loss = 0;
    for (std::size_t c = 0; c < counts.size(); ++c) {
        loss -= counts[c] / all * std::log(std::max(shares[c], kLeast));
    }
    const auto classes = static_cast<double>(std::count_if(counts.begin(), counts.end(), [](double count) { return count > 0; }));
    const double answered = counts[answer] > 0 ? classes : classes + 1; // those that occur as truth or as answer
    const double f1 = 2 * counts[answer] / (counts[answer] + all);
    return {
        {"accuracy", counts[answer] / all},
        {"balanced_accuracy", (counts[answer] > 0 ? 1 : 0) / classes},
        {"macro_f1", f1 / answered},
        {"log_loss", loss},
        {"roc_auc", classes > 1 ? Json(0.5) : Json()}};
}

Json baselineMetrics(const Json& facts, std::span<const double> values)
{
    const auto found = facts.is_object() ? facts.find("mean") : facts.end();
    if (!facts.is_object() || found == facts.end() || !found->is_number() || values.empty()) {
        return {};
    }
    const double answer = found->get<double>();
    const double all = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / all;
    double absolute = 0;
    double squares = 0;
    double around = 0;
    for (const double value : values) {
        absolute += std::abs(value - answer);
        squares += (value - answer) * (value - answer);
        around += (value - mean) * (value - mean);
    }
    return {
        {"mae", absolute / all}, {"rmse", std::sqrt(squares / all)}, {"r2", around > 0 ? Json(1 - squares / around) : Json()}};
}

} // namespace ty::engine
