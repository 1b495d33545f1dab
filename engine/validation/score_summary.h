#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/base/json.h"
#include "engine/train/intervals.h"

namespace ty::engine {

/// What scores of folds say together.
struct ScoreSummary {
    int count = 0;
    double mean = 0;
    double deviation = 0; ///< of single folds, with count - 1; 0 below two
    /// 95 % of the mean; empty below two scores. Wider than deviation / sqrt(count): the training parts of the folds overlap.
    std::optional<Interval> interval;

    Json toJson() const; ///< {"count", "mean", "deviation", "interval": [low, high] or null}
};

/// @param heldShare  samples that judge for each sample that is fitted: 0.25 for five folds
/// Source: Nadeau, Bengio, Inference for the Generalization Error, Machine Learning 52 (2003), section 3.
ScoreSummary summarise(std::span<const double> scores, double heldShare);

/// Two learners on the same folds.
struct PairedComparison {
    ScoreSummary difference; ///< of the first's scores minus the second's
    double probability = 1;  ///< of so large a mean difference if there were none, two-sided; NaN below two folds
    bool isClear = false;    ///< the 95 % interval leaves 0 out

    Json toJson() const;
};

/// The corrected resampled t-test. @param first, second  {folds}, fold by fold
/// Source: as summarise().
PairedComparison comparePaired(std::span<const double> first, std::span<const double> second, double heldShare);

/// "Random forest is better by 0.0123 ROC AUC (95 % interval 0.0040 to 0.0206)." or "No clear difference between ...".
std::string comparisonWords(
    const PairedComparison& compared, const std::string& first, const std::string& second, const std::string& metric);

} // namespace ty::engine
