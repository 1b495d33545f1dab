#include "engine/train/curves.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/train/metrics.h"

namespace ty::engine {

namespace {

/// Counts of true and false positives when everything scored `threshold` or more is called positive.
struct Cut {
    double truePositives = 0;
    double falsePositives = 0;
    double threshold = 0;
};

std::vector<Cut> cutsByFallingScore(std::span<const float> scores, std::span<const std::uint8_t> isPositive)
{
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    std::vector<Cut> cuts;
    Cut cut;
    for (std::size_t i = 0; i < order.size(); ++i) {
        (isPositive[order[i]] != 0 ? cut.truePositives : cut.falsePositives) += 1;
        cut.threshold = scores[order[i]];
        if (i + 1 == order.size() || scores[order[i + 1]] != scores[order[i]]) {
            cuts.push_back(cut);
        }
    }
    return cuts;
}

/// Evenly thinned along x, so that every part of the curve keeps its shape; first and last stay.
std::vector<CurvePoint> thinned(const std::vector<CurvePoint>& points, std::size_t maximum)
{
    if (points.size() <= maximum) {
        return points;
    }
    std::vector<CurvePoint> kept;
    for (std::size_t i = 0; i < maximum; ++i) {
        kept.push_back(points[i * (points.size() - 1) / (maximum - 1)]);
    }
    return kept;
}

} // namespace

std::vector<CurvePoint> rocCurve(
    std::span<const float> scores, std::span<const std::uint8_t> isPositive, std::size_t maximum)
{
    const auto cuts = cutsByFallingScore(scores, isPositive);
    if (cuts.empty() || cuts.back().truePositives == 0 || cuts.back().falsePositives == 0) {
        return {};
    }
    std::vector<CurvePoint> points{{0, 0, 1}};
    for (const Cut& cut : cuts) {
        points.push_back(
            {cut.falsePositives / cuts.back().falsePositives, cut.truePositives / cuts.back().truePositives, cut.threshold});
    }
    return thinned(points, maximum);
}

std::vector<CurvePoint> precisionRecallCurve(
    std::span<const float> scores, std::span<const std::uint8_t> isPositive, std::size_t maximum)
{
    const auto cuts = cutsByFallingScore(scores, isPositive);
    if (cuts.empty() || cuts.back().truePositives == 0) {
        return {};
    }
    std::vector<CurvePoint> points;
    for (const Cut& cut : cuts) {
        points.push_back(
            {cut.truePositives / cuts.back().truePositives,
             cut.truePositives / (cut.truePositives + cut.falsePositives),
             cut.threshold});
    }
    return thinned(points, maximum);
}

std::vector<ReliabilityBin> reliabilityCurve(
    std::span<const float> probabilities, std::span<const std::int32_t> labels, std::size_t classes)
{
    constexpr std::size_t kBins = 10;
    std::array<ReliabilityBin, kBins> bins{};
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto row = probabilities.subspan(i * classes, classes);
        const std::size_t answer = largestIndex(row);
        const double confidence = row[answer];
        const auto index = static_cast<std::size_t>(std::clamp(confidence * kBins, 0.0, kBins - 1.0));
        bins[index].confidence += confidence;
        bins[index].accuracy += static_cast<std::int32_t>(answer) == labels[i] ? 1 : 0;
        ++bins[index].samples;
    }
    std::vector<ReliabilityBin> filled;
    for (std::size_t b = 0; b < kBins; ++b) {
        ReliabilityBin bin = bins[b];
        if (bin.samples == 0) {
            continue;
        }
        bin.low = static_cast<double>(b) / kBins;
        bin.high = static_cast<double>(b + 1) / kBins;
        bin.confidence /= static_cast<double>(bin.samples);
        bin.accuracy /= static_cast<double>(bin.samples);
        filled.push_back(bin);
    }
    return filled;
}

} // namespace ty::engine
