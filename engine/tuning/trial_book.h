#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/json.h"

namespace ty::engine {

/// The trials of a search, what they teach about when to give one up, and which of them nobody beats.
class TrialBook {
public:
    explicit TrialBook(std::string metric);

    void add(Json trial) { m_trials.push_back(std::move(trial)); }
    const std::vector<Json>& trials() const { return m_trials; }

    /// Of whole trials (all samples, not given up): the best; null without one.
    const Json* best() const;
    /// Whether a mean score after so many folds is behind the median of the whole trials at the same place. Never before four of them.
    bool isBehindAfterFolds(std::size_t folds, double mean) const;
    /// The same for the lowest loss up to a stage (epoch, round).
    bool isBehindAtStage(int stage, double loss) const;

    /// The best first, given up and failed ones last.
    std::vector<Json> sorted() const;
    /// Numbers of the whole trials that no other one beats in score and `cost` ("seconds", "bytes") both, the cheapest first.
    Json front(const char* cost) const;
    bool isBetter(double a, double b) const;
    /// Of all samples and tried to the end, with a score.
    static bool isWhole(const Json& trial);

private:
    std::string m_metric;
    std::vector<Json> m_trials;
};

} // namespace ty::engine
