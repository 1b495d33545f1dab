#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/train/intervals.h"

namespace ty::engine {

/// One class against the rest. NaN where a quantity is not defined (no such sample, no other sample).
struct ClassMetrics {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    double rocAuc = 0;
    std::uint64_t support = 0; ///< samples that truly are of the class
};

struct ClassificationMetrics {
    std::uint64_t samples = 0;
    double accuracy = 0;
    double balancedAccuracy = 0; ///< mean recall of the classes that occur
    double macroF1 = 0;          ///< over classes that occur as truth or as answer
    double logLoss = 0;          ///< mean, in nats; probabilities are kept 1e-15 away from 0
    double rocAuc = 0;           ///< binary, or the mean over classes of one against the rest
    double brier = 0;            ///< binary: mean (p1 - y)^2; else mean over samples of sum over classes (p - y)^2
    std::optional<Interval> accuracyInterval; ///< intervals: 95 %; empty where none can be told
    std::optional<Interval> balancedAccuracyInterval;
    std::optional<Interval> macroF1Interval;
    std::optional<Interval> logLossInterval;
    double calibrationError = 0; ///< expected |accuracy - confidence| over 15 bins of confidence
    std::vector<std::uint64_t> confusion; ///< {classes, classes} row-major: row truth, column answer
    std::vector<ClassMetrics> perClass;
};

/// @param probabilities  {samples, classes} row-major
/// @param labels         {samples}, each in [0, classes)
ClassificationMetrics measureClassification(
    std::span<const float> probabilities, std::span<const std::int32_t> labels, std::size_t classes);

struct RegressionMetrics {
    std::uint64_t samples = 0;
    double mae = 0;
    double rmse = 0;
    double r2 = 0; ///< NaN when all targets are equal
    double maxError = 0;
    std::optional<Interval> maeInterval; ///< intervals: 95 %; empty where none can be told
    std::optional<Interval> rmseInterval;
    std::optional<Interval> r2Interval;
};

RegressionMetrics measureRegression(std::span<const double> predicted, std::span<const double> actual);

/// Area under the ROC curve by ranks, ties counted half; NaN unless both kinds occur.
double rocAuc(std::span<const float> scores, std::span<const std::uint8_t> isPositive);

/// Index of the largest value; the first of equals.
std::size_t largestIndex(std::span<const float> values);

} // namespace ty::engine
