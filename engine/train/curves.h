#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ty::engine {

struct CurvePoint {
    double x = 0;
    double y = 0;
    double threshold = 0; ///< the score at which the point is reached
};

/// x: false positive rate, y: true positive rate, from (0, 0) to (1, 1). Empty unless both kinds occur.
std::vector<CurvePoint> rocCurve(
    std::span<const float> scores, std::span<const std::uint8_t> isPositive, std::size_t maximum = 200);

/// x: recall, y: precision, by falling threshold. Empty without a positive sample.
std::vector<CurvePoint> precisionRecallCurve(
    std::span<const float> scores, std::span<const std::uint8_t> isPositive, std::size_t maximum = 200);

/// How often an answer given with some confidence is right.
struct ReliabilityBin {
    double low = 0;
    double high = 0;
    double confidence = 0; ///< mean of the samples in the bin
    double accuracy = 0;
    std::uint64_t samples = 0;
};

/// Ten bins of equal width; those without a sample are left out.
std::vector<ReliabilityBin> reliabilityCurve(
    std::span<const float> probabilities, std::span<const std::int32_t> labels, std::size_t classes);

} // namespace ty::engine
