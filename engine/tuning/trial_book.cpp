#include "engine/tuning/trial_book.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/train/metric_names.h"
#include "engine/validation/scored_fit.h"

namespace ty::engine {

namespace {

constexpr std::size_t kFewestToJudge = 4; ///< whole trials before one is given up by comparison

double medianOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double scoreOf(const Json& trial)
{
    return metricIn(trial, "score");
}

} // namespace

TrialBook::TrialBook(std::string metric) : m_metric(std::move(metric)) {}

bool TrialBook::isWhole(const Json& trial)
{
    return trial.value("state", std::string()) == "done" && trial.value("share", 1.0) >= 1 && std::isfinite(scoreOf(trial));
}

bool TrialBook::isBetter(double a, double b) const
{
    return isHigherBetter(m_metric) ? a > b : a < b;
}

const Json* TrialBook::best() const
{
    const Json* best = nullptr;
    for (const Json& trial : m_trials) {
        if (isWhole(trial) && (best == nullptr || isBetter(scoreOf(trial), scoreOf(*best)))) {
            best = &trial;
        }
    }
    return best;
}

bool TrialBook::isBehindAfterFolds(std::size_t folds, double mean) const
{
    std::vector<double> others;
    for (const Json& trial : m_trials) {
        const Json scores = trial.value("foldScores", Json::array());
        if (!isWhole(trial) || scores.size() < folds) {
            continue;
        }
        double sum = 0;
        for (std::size_t f = 0; f < folds; ++f) {
            sum += scores[f].is_number() ? scores[f].get<double>() : std::numeric_limits<double>::quiet_NaN();
        }
        if (std::isfinite(sum)) {
            others.push_back(sum / static_cast<double>(folds));
        }
    }
    return others.size() >= kFewestToJudge && isBetter(medianOf(others), mean);
}

bool TrialBook::isBehindAtStage(int stage, double loss) const
{
    std::vector<double> others;
    for (const Json& trial : m_trials) {
        if (!isWhole(trial)) {
            continue;
        }
        double lowest = std::numeric_limits<double>::infinity();
        for (const Json& one : trial.value("stages", Json::array())) { // [stage, lowest loss so far]
            if (one.at(0).get<int>() <= stage) {
                lowest = std::min(lowest, one.at(1).get<double>());
            }
        }
        if (std::isfinite(lowest)) {
            others.push_back(lowest);
        }
    }
    return others.size() >= kFewestToJudge && loss > medianOf(others);
}

std::vector<Json> TrialBook::sorted() const
{
    std::vector<Json> sorted = m_trials;
    const auto rank = [](const Json& trial) {
        return isWhole(trial) ? 0 : trial.value("state", std::string()) == "done" ? 1 : 2;
    };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const Json& a, const Json& b) {
        if (rank(a) != rank(b)) {
            return rank(a) < rank(b);
        }
        if (rank(a) == 1 && a.value("share", 1.0) != b.value("share", 1.0)) {
            return a.value("share", 1.0) > b.value("share", 1.0); // further in the halving
        }
        return isBetter(scoreOf(a), scoreOf(b)); // false for those without a score
    });
    return sorted;
}

Json TrialBook::front(const char* cost) const
{
    std::vector<const Json*> whole;
    for (const Json& trial : m_trials) {
        if (isWhole(trial)) {
            whole.push_back(&trial);
        }
    }
    std::stable_sort(whole.begin(), whole.end(), [&](const Json* a, const Json* b) {
        const double x = a->value(cost, 0.0);
        const double y = b->value(cost, 0.0);
        return x != y ? x < y : isBetter(scoreOf(*a), scoreOf(*b));
    });
    Json numbers = Json::array();
    const Json* last = nullptr;
    for (const Json* trial : whole) {
        if (last == nullptr || isBetter(scoreOf(*trial), scoreOf(*last))) {
            numbers.push_back(trial->value("trial", 0));
            last = trial;
        }
    }
    return numbers;
}

} // namespace ty::engine
