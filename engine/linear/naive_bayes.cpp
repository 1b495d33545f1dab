#include "engine/linear/naive_bayes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/base/parallel_ranges.h"

namespace ty::engine {

namespace {

/// Sums over the rows of each class.
struct ClassSums {
    std::vector<double> rows;    ///< {classes}
    std::vector<double> sums;    ///< {classes, inputs}
};

template<typename Seen>
ClassSums sumByClass(const DenseRows& rows, std::span<const float> targets, std::size_t classes, const Seen& seen)
{
    const std::size_t inputs = rows.columns();
    ClassSums made{std::vector<double>(classes), std::vector<double>(classes * inputs)};
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto label = static_cast<std::size_t>(targets[i]);
        ++made.rows[label];
        const auto row = rows.row(i);
        double* const into = made.sums.data() + label * inputs;
        for (std::size_t j = 0; j < inputs; ++j) {
            into[j] += seen(row[j], j);
        }
    }
    return made;
}

void addPriors(NaiveBayes& made, const ClassSums& sums, bool areLearned)
{
    double all = 0;
    for (const double rows : sums.rows) {
        all += rows;
    }
    for (const double rows : sums.rows) {
        // A class that did not occur is not impossible, but next to it.
        made.offsets.push_back(std::log(areLearned ? std::max(rows, 1e-9) / all : 1.0 / static_cast<double>(sums.rows.size())));
    }
}

void fitBernoulli(NaiveBayes& made, const ClassSums& sums, double smoothing)
{
    const std::size_t classes = sums.rows.size();
    const std::size_t inputs = sums.sums.size() / classes;
    for (std::size_t c = 0; c < classes; ++c) {
        for (std::size_t j = 0; j < inputs; ++j) {
            const double share = (sums.sums[c * inputs + j] + smoothing) / (sums.rows[c] + 2 * smoothing);
            made.weights.push_back(std::log(share) - std::log1p(-share));
            made.offsets[c] += std::log1p(-share);
        }
    }
}

Result<void> fitMultinomial(NaiveBayes& made, const ClassSums& sums, const BayesSettings& settings)
{
    const std::size_t classes = sums.rows.size();
    const std::size_t inputs = sums.sums.size() / classes;
    for (std::size_t c = 0; c < classes; ++c) {
        const double* const counts = sums.sums.data() + c * inputs;
        double all = 0;
        for (std::size_t j = 0; j < inputs; ++j) {
            all += counts[j];
        }
        for (std::size_t j = 0; j < inputs; ++j) {
            const double weight =
                std::log((counts[j] + settings.smoothing) / (all + settings.smoothing * static_cast<double>(inputs)));
            made.weights.push_back(weight * settings.scales[j]); // of the input instead of the count
            made.offsets[c] += weight * settings.shifts[j];
        }
    }
    return {};
}

void fitGaussian(
    NaiveBayes& made, const ClassSums& sums, const DenseRows& rows, std::span<const float> targets, double smoothing)
{
    const std::size_t classes = sums.rows.size();
    const std::size_t inputs = rows.columns();
    std::vector<double> means(sums.sums);
    std::vector<double> all(inputs);
    for (std::size_t c = 0; c < classes; ++c) {
        for (std::size_t j = 0; j < inputs; ++j) {
            all[j] += sums.sums[c * inputs + j] / static_cast<double>(rows.rows());
            means[c * inputs + j] /= std::max(1.0, sums.rows[c]);
        }
    }
    std::vector<double> squares(classes * inputs);
    std::vector<double> allSquares(inputs);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const std::size_t begin = static_cast<std::size_t>(targets[i]) * inputs;
        const auto row = rows.row(i);
        for (std::size_t j = 0; j < inputs; ++j) {
            const double x = static_cast<double>(row[j]);
            squares[begin + j] += (x - means[begin + j]) * (x - means[begin + j]);
            allSquares[j] += (x - all[j]) * (x - all[j]);
        }
    }
    const double floor = std::max(
        1e-12, smoothing * *std::max_element(allSquares.begin(), allSquares.end()) / static_cast<double>(rows.rows()));
    made.curvatures.resize(classes * inputs);
    made.weights.resize(classes * inputs);
    for (std::size_t c = 0; c < classes; ++c) {
        for (std::size_t j = 0; j < inputs; ++j) {
            const std::size_t at = c * inputs + j;
            const double variance = squares[at] / std::max(1.0, sums.rows[c]) + floor;
            made.curvatures[at] = -0.5 / variance;
            made.weights[at] = means[at] / variance;
            made.offsets[c] -= 0.5 * means[at] * means[at] / variance + 0.5 * std::log(2 * std::numbers::pi * variance);
        }
    }
}

} // namespace

Result<NaiveBayes> fitNaiveBayes(
    const DenseRows& rows, std::span<const float> targets, int classes, const BayesSettings& settings)
{
    NaiveBayes made;
    made.kind = settings.kind;
    const auto count = static_cast<std::size_t>(classes);
    if (settings.kind == BayesKind::Bernoulli) {
        made.thresholds = settings.thresholds;
        const ClassSums sums = sumByClass(
            rows, targets, count, [&](float x, std::size_t j) { return x > settings.thresholds[j] ? 1.0 : 0.0; });
        addPriors(made, sums, settings.arePriorsLearned);
        fitBernoulli(made, sums, settings.smoothing);
    } else if (settings.kind == BayesKind::Multinomial) {
        bool isBelow = false;
        const ClassSums sums = sumByClass(rows, targets, count, [&](float x, std::size_t j) {
            const double value = static_cast<double>(x) * settings.scales[j] + settings.shifts[j];
            isBelow = isBelow || value < -1e-6 * std::max(1.0, std::abs(settings.shifts[j]));
            return std::max(0.0, value);
        });
        if (isBelow) {
            return Error{
                ErrorKind::InvalidInput, "multinomial naive Bayes counts, and some values are below 0",
                "Choose gaussian or bernoulli, or leave those columns out."};
        }
        addPriors(made, sums, settings.arePriorsLearned);
        TY_CHECK(fitMultinomial(made, sums, settings));
    } else {
        const ClassSums sums = sumByClass(rows, targets, count, [](float x, std::size_t) { return static_cast<double>(x); });
        addPriors(made, sums, settings.arePriorsLearned);
        fitGaussian(made, sums, rows, targets, settings.smoothing);
    }
    return made;
}

std::vector<double> NaiveBayes::answers(const DenseRows& rows, int threads) const
{
    const std::size_t classes = offsets.size();
    const std::size_t inputs = rows.columns();
    std::vector<double> given(rows.rows() * classes);
    const auto ask = [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<double> seen(inputs);
        for (std::size_t i = first; i < last; ++i) {
            const auto row = rows.row(i);
            for (std::size_t j = 0; j < inputs; ++j) {
                seen[j] = kind == BayesKind::Bernoulli ? (row[j] > thresholds[j] ? 1.0 : 0.0) : static_cast<double>(row[j]);
            }
            double* const scores = given.data() + i * classes;
            for (std::size_t c = 0; c < classes; ++c) {
                double score = offsets[c];
                for (std::size_t j = 0; j < inputs; ++j) {
                    const double curved = curvatures.empty() ? 0 : curvatures[c * inputs + j] * seen[j];
                    score += (weights[c * inputs + j] + curved) * seen[j];
                }
                scores[c] = score;
            }
            const double highest = *std::max_element(scores, scores + classes);
            double sum = 0;
            for (std::size_t c = 0; c < classes; ++c) {
                scores[c] = std::exp(scores[c] - highest);
                sum += scores[c];
            }
            for (std::size_t c = 0; c < classes; ++c) {
                scores[c] /= sum;
            }
        }
        return {};
    };
    (void)parallelRanges(rows.rows(), threads, ask); // nothing in it can fail
    return given;
}

} // namespace ty::engine
