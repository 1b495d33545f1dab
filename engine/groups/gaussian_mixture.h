#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// Normal distributions, each with its share of the rows.
struct GaussianMixture {
    bool isFull = true; ///< whether columns may depend on one another within a group
    std::vector<double> logShares; ///< {groups}
    std::vector<double> means;     ///< {groups, columns}
    /// What the distances are scaled by, the inverse of the covariances' lower factor: {groups, columns, columns} lower triangles
    /// (isFull), else {groups, columns}: one by the deviation.
    std::vector<double> scales;

    std::size_t groups() const { return logShares.size(); }
    std::size_t columns() const { return groups() == 0 ? 0 : means.size() / groups(); }
    /// {rows, groups}: the probability that a row is of a group. @param likelihood  mean log-likelihood of a row; may be null
    std::vector<double> responsibilities(const DenseRows& rows, int threads, double* likelihood = nullptr) const;
};

struct MixtureSettings {
    std::size_t groups = 8;
    bool isFull = true;
    int mostPasses = 100;
    double tolerance = 1e-3; ///< of the growth of the mean log-likelihood
    double floor = 1e-6;     ///< added to the variances, so that no group shrinks to a point
    std::uint64_t seed = 1;
    int threads = 1;
};

/// Told after each pass: the mean log-likelihood of a row. False: what there is is enough.
using MixtureTold = std::function<Result<bool>(int pass, double likelihood, const GaussianMixture& mixture)>;

/// Expectation and maximisation in turn, from the groups of k-means. Blocks.
/// Source: Dempster, Laird, Rubin, Maximum Likelihood from Incomplete Data via the EM Algorithm (1977).
/// Errors: InvalidInput when there are fewer rows than groups or a covariance has no factor.
Result<GaussianMixture> fitMixture(const DenseRows& rows, const MixtureSettings& settings, const MixtureTold& told);

} // namespace ty::engine
