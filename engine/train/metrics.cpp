#include "engine/train/metrics.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace ty::engine {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kCalibrationBins = 15;

double ratio(double numerator, double denominator)
{
    return denominator > 0 ? numerator / denominator : kUndefined;
}

struct CalibrationBin {
    double confidence = 0;
    double correct = 0;
    double samples = 0;
};

double meanOfDefined(std::span<const double> values)
{
    double sum = 0;
    double count = 0;
    for (const double value : values) {
        if (!std::isnan(value)) {
            sum += value;
            count += 1;
        }
    }
    return ratio(sum, count);
}

void fillPerClass(
    ClassificationMetrics& metrics,
    std::span<const float> probabilities,
    std::span<const std::int32_t> labels,
    std::size_t classes)
{
    const std::size_t samples = labels.size();
    std::vector<float> scores(samples);
    std::vector<std::uint8_t> isPositive(samples);
    std::vector<double> recalls;
    std::vector<double> areas;
    std::vector<double> f1s;
    for (std::size_t c = 0; c < classes; ++c) {
        double truth = 0;
        double answers = 0;
        for (std::size_t other = 0; other < classes; ++other) {
            truth += static_cast<double>(metrics.confusion[c * classes + other]);
            answers += static_cast<double>(metrics.confusion[other * classes + c]);
        }
        const auto hits = static_cast<double>(metrics.confusion[c * classes + c]);
        for (std::size_t i = 0; i < samples; ++i) {
            scores[i] = probabilities[i * classes + c];
            isPositive[i] = labels[i] == static_cast<std::int32_t>(c) ? 1 : 0;
        }
        ClassMetrics& one = metrics.perClass.emplace_back();
        one.support = static_cast<std::uint64_t>(truth);
        one.precision = ratio(hits, answers);
        one.recall = ratio(hits, truth);
        one.f1 = ratio(2 * hits, truth + answers);
        one.rocAuc = rocAuc(scores, isPositive);
        recalls.push_back(one.recall);
        f1s.push_back(one.f1);
        areas.push_back(one.rocAuc);
    }
    metrics.balancedAccuracy = meanOfDefined(recalls);
    metrics.macroF1 = meanOfDefined(f1s);
    metrics.rocAuc = classes == 2 ? metrics.perClass[1].rocAuc : meanOfDefined(areas);
}

} // namespace

std::size_t largestIndex(std::span<const float> values)
{
    return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

Interval wilsonInterval(std::uint64_t successes, std::uint64_t samples)
{
    if (samples == 0) {
        return {0, 1};
    }
    constexpr double z = 1.959963984540054;
    const auto n = static_cast<double>(samples);
    const double p = static_cast<double>(successes) / n;
    const double centre = p + z * z / (2 * n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double scale = 1 + z * z / n;
    return {std::max(0.0, (centre - half) / scale), std::min(1.0, (centre + half) / scale)};
}

double rocAuc(std::span<const float> scores, std::span<const std::uint8_t> isPositive)
{
    assert(scores.size() == isPositive.size());
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    double positives = 0;
    double rankSum = 0;
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        double inGroup = 0;
        while (end < order.size() && scores[order[end]] == scores[order[begin]]) {
            inGroup += isPositive[order[end]] != 0 ? 1 : 0;
            ++end;
        }
        rankSum += inGroup * (static_cast<double>(begin + end + 1) / 2);
        positives += inGroup;
        begin = end;
    }
    const double negatives = static_cast<double>(order.size()) - positives;
    return ratio(rankSum - positives * (positives + 1) / 2, positives * negatives);
}

ClassificationMetrics measureClassification(
    std::span<const float> probabilities, std::span<const std::int32_t> labels, std::size_t classes)
{
    assert(probabilities.size() == labels.size() * classes);
    const std::size_t samples = labels.size();
    ClassificationMetrics metrics;
    metrics.samples = samples;
    metrics.confusion.assign(classes * classes, 0);
    std::array<CalibrationBin, kCalibrationBins> bins{};
    double logLoss = 0;
    double brier = 0;
    std::uint64_t correct = 0;
    for (std::size_t i = 0; i < samples; ++i) {
        const auto row = probabilities.subspan(i * classes, classes);
        const auto label = static_cast<std::size_t>(labels[i]);
        assert(label < classes);
        const std::size_t answer = largestIndex(row);
        ++metrics.confusion[label * classes + answer];
        correct += answer == label ? 1 : 0;
        logLoss -= std::log(std::clamp(static_cast<double>(row[label]), 1e-15, 1.0));
        for (std::size_t c = 0; c < classes; ++c) {
            const double difference = static_cast<double>(row[c]) - (c == label ? 1 : 0);
            brier += difference * difference;
        }
        const double confidence = row[answer];
        const auto bin = static_cast<std::size_t>(
            std::clamp(confidence * static_cast<double>(kCalibrationBins), 0.0, static_cast<double>(kCalibrationBins - 1)));
        bins[bin].confidence += confidence;
        bins[bin].correct += answer == label ? 1 : 0;
        bins[bin].samples += 1;
    }
    const auto n = static_cast<double>(samples);
    metrics.accuracy = ratio(static_cast<double>(correct), n);
    metrics.accuracyInterval = wilsonInterval(correct, samples);
    metrics.logLoss = ratio(logLoss, n);
    // Both classes of a binary problem have the same square, so half the sum is the usual binary score.
    metrics.brier = ratio(classes == 2 ? brier / 2 : brier, n);
    double gap = 0;
    for (const CalibrationBin& bin : bins) {
        gap += std::abs(bin.correct - bin.confidence);
    }
    metrics.calibrationError = ratio(gap, n);
    fillPerClass(metrics, probabilities, labels, classes);
    return metrics;
}

RegressionMetrics measureRegression(std::span<const double> predicted, std::span<const double> actual)
{
    assert(predicted.size() == actual.size());
    RegressionMetrics metrics;
    metrics.samples = actual.size();
    const auto n = static_cast<double>(actual.size());
    const double mean = ratio(std::accumulate(actual.begin(), actual.end(), 0.0), n);
    double squares = 0;
    double spread = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double error = predicted[i] - actual[i];
        metrics.mae += std::abs(error);
        squares += error * error;
        spread += (actual[i] - mean) * (actual[i] - mean);
        metrics.maxError = std::max(metrics.maxError, std::abs(error));
    }
    metrics.mae = ratio(metrics.mae, n);
    metrics.rmse = std::sqrt(ratio(squares, n));
    metrics.r2 = spread > 0 ? 1 - squares / spread : kUndefined;
    return metrics;
}

} // namespace ty::engine
