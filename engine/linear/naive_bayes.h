#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

enum class BayesKind : std::uint8_t {
    Bernoulli,  ///< inputs above a threshold or not
    Gaussian,   ///< inputs normally distributed in each class
    Multinomial ///< inputs that are counts
};

/// Classes whose score is offset + sum weight * seen(x) + sum curvature * x^2; probabilities are the softmax of the scores.
/// seen(x): of Bernoulli 1 where x is above the input's threshold, else 0; of the others x.
struct NaiveBayes {
    BayesKind kind = BayesKind::Bernoulli;
    std::vector<float> thresholds; ///< {inputs}; of Bernoulli
    std::vector<double> offsets;   ///< {classes}
    std::vector<double> weights;   ///< {classes, inputs}
    std::vector<double> curvatures; ///< {classes, inputs}; of Gaussian, else empty

    /// {rows, classes} probabilities.
    std::vector<double> answers(const DenseRows& rows, int threads) const;
};

struct BayesSettings {
    BayesKind kind = BayesKind::Bernoulli;
    double smoothing = 1;          ///< alpha; of Gaussian the part of the largest variance that is added to all
    bool arePriorsLearned = true;  ///< else all classes are equally likely beforehand
    std::vector<float> thresholds; ///< {inputs}; of Bernoulli
    /// {inputs}: what a count is, from an input: input * scale + shift. Of Multinomial.
    std::vector<double> scales;
    std::vector<double> shifts;
};

/// @param targets  {rows}: class numbers
/// Errors: InvalidInput for counts below 0.
Result<NaiveBayes> fitNaiveBayes(
    const DenseRows& rows, std::span<const float> targets, int classes, const BayesSettings& settings);

} // namespace ty::engine
