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
    /// @param isInterrupted  asked now and then, on any thread: what is given then is good for nothing; may be empty
    std::vector<double> responsibilities(
        const DenseRows& rows, int threads, double* likelihood = nullptr, const std::function<bool()>& isInterrupted = {}) const;
};

struct MixtureSettings {
    std::size_t groups = 8;
    bool isFull = true;
    int mostPasses = 100;
    double tolerance = 1e-3; ///< of the growth of the mean log-likelihood
    double floor = 1e-6;     ///< added to the variances, so that no group shrinks to a point
    std::uint64_t seed = 1;
    int threads = 1;
    std::function<bool()> isInterrupted; ///< asked within passes, on any thread: whether to be told of it at once; may be empty
};

/// All that the passes need to go on.
struct MixtureState {
    int pass = 0; ///< 0: the groups of k-means are still being found
    double before = 0; ///< mean log-likelihood of a row in the pass before
    GaussianMixture mixture;
};

/// Told after each pass, and when one is interrupted (it is done anew then): where it stands, and the mean log-likelihood of a row
/// (interrupted: no number). False: what there is is enough; before the first
/// pass the fit ends then as Cancelled.
using MixtureTold = std::function<Result<bool>(double likelihood, const MixtureState& state)>;

/// Expectation and maximisation in turn, from the groups of k-means. Blocks.
/// Source: Dempster, Laird, Rubin, Maximum Likelihood from Incomplete Data via the EM Algorithm (1977).
/// @param from  where to go on, with the same rows and settings; null: at the beginning
/// Errors: InvalidInput when there are fewer rows than groups or a covariance has no factor.
Result<GaussianMixture> fitMixture(
    const DenseRows& rows, const MixtureSettings& settings, const MixtureTold& told, const MixtureState* from = nullptr);

} // namespace ty::engine
