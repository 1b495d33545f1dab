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

/// Over the classes that occur as truth or as answer; `confusion` is {classes, classes}, row truth.
template<typename Count>
double macroF1(std::span<const Count> confusion, std::size_t classes)
{
    std::vector<double> f1s(classes);
    for (std::size_t c = 0; c < classes; ++c) {
        double both = 0; // truth and answers together
        for (std::size_t other = 0; other < classes; ++other) {
            both += static_cast<double>(confusion[c * classes + other]);
            both += static_cast<double>(confusion[other * classes + c]);
        }
        f1s[c] = ratio(2 * static_cast<double>(confusion[c * classes + c]), both);
    }
    return meanOfDefined(f1s);
}

/// @param cells  of each sample, its cell in the confusion matrix
std::optional<Interval> macroF1Interval(std::span<const std::uint32_t> cells, std::size_t classes)
{
    std::vector<std::uint32_t> counts(classes * classes);
    return bootstrapInterval(cells.size(), [&](std::span<const std::uint32_t> drawn) {
        std::fill(counts.begin(), counts.end(), 0U);
        for (const std::uint32_t sample : drawn) {
            ++counts[cells[sample]];
        }
        return macroF1<std::uint32_t>(counts, classes);
    });
}

std::optional<Interval> balancedAccuracyInterval(std::span<const std::uint64_t> confusion, std::size_t classes)
{
    std::vector<Proportion> recalls;
    for (std::size_t c = 0; c < classes; ++c) {
        const auto row = confusion.subspan(c * classes, classes);
        if (const std::uint64_t truth = std::accumulate(row.begin(), row.end(), std::uint64_t{0}); truth > 0) {
            recalls.push_back({row[c], truth});
        }
    }
    return meanProportionInterval(recalls);
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
        areas.push_back(one.rocAuc);
    }
    metrics.balancedAccuracy = meanOfDefined(recalls);
    metrics.macroF1 = macroF1<std::uint64_t>(metrics.confusion, classes);
    metrics.rocAuc = classes == 2 ? metrics.perClass[1].rocAuc : meanOfDefined(areas);
}

/// @param squares  squared error of each sample
double r2Of(
    std::span<const std::uint32_t> samples, std::span<const double> squares, std::span<const double> actual)
{
    double sum = 0;
    for (const std::uint32_t i : samples) {
        sum += actual[i];
    }
    const double mean = ratio(sum, static_cast<double>(samples.size()));
    double unexplained = 0;
    double spread = 0;
    for (const std::uint32_t i : samples) {
        unexplained += squares[i];
        spread += (actual[i] - mean) * (actual[i] - mean);
    }
    return spread > 0 ? 1 - unexplained / spread : kUndefined;
}

} // namespace

std::size_t largestIndex(std::span<const float> values)
{
    return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
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
    std::vector<std::uint32_t> cells(samples);
    std::vector<double> losses(samples);
    double brier = 0;
    std::uint64_t correct = 0;
    for (std::size_t i = 0; i < samples; ++i) {
        const auto row = probabilities.subspan(i * classes, classes);
        const auto label = static_cast<std::size_t>(labels[i]);
        assert(label < classes);
        const std::size_t answer = largestIndex(row);
        cells[i] = static_cast<std::uint32_t>(label * classes + answer);
        ++metrics.confusion[cells[i]];
        correct += answer == label ? 1 : 0;
        losses[i] = -std::log(std::clamp(static_cast<double>(row[label]), 1e-15, 1.0));
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
    if (samples > 0) {
        metrics.accuracyInterval = wilsonInterval(correct, samples);
    }
    metrics.macroF1Interval = macroF1Interval(cells, classes);
    metrics.balancedAccuracyInterval = balancedAccuracyInterval(metrics.confusion, classes);
    metrics.logLoss = ratio(std::accumulate(losses.begin(), losses.end(), 0.0), n);
    metrics.logLossInterval = meanInterval(losses);
    if (metrics.logLossInterval) {
        metrics.logLossInterval->low = std::max(0.0, metrics.logLossInterval->low);
    }
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
    std::vector<double> errors(actual.size());
    std::vector<double> squares(actual.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        errors[i] = std::abs(predicted[i] - actual[i]);
        squares[i] = errors[i] * errors[i];
        metrics.maxError = std::max(metrics.maxError, errors[i]);
    }
    metrics.mae = ratio(std::accumulate(errors.begin(), errors.end(), 0.0), n);
    metrics.maeInterval = meanInterval(errors);
    if (metrics.maeInterval) {
        metrics.maeInterval->low = std::max(0.0, metrics.maeInterval->low);
    }
    metrics.rmse = std::sqrt(ratio(std::accumulate(squares.begin(), squares.end(), 0.0), n));
    metrics.rmseInterval = meanInterval(squares);
    if (metrics.rmseInterval) {
        metrics.rmseInterval = {
            std::sqrt(std::max(0.0, metrics.rmseInterval->low)), std::sqrt(metrics.rmseInterval->high)};
    }
    std::vector<std::uint32_t> all(actual.size());
    std::iota(all.begin(), all.end(), 0U);
    metrics.r2 = r2Of(all, squares, actual);
    metrics.r2Interval = bootstrapInterval(actual.size(), [&](std::span<const std::uint32_t> drawn) {
        return r2Of(drawn, squares, actual);
    });
    return metrics;
}

} // namespace ty::engine
