#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

struct KMeansSettings {
    std::size_t groups = 8;
    int restarts = 10;        ///< the best of so many beginnings
    int mostPasses = 300;     ///< of a beginning
    double tolerance = 1e-4;  ///< of the squared way of all centres in a pass, against the mean variance of the columns
    std::uint64_t seed = 1;
    int threads = 1;
    std::function<bool()> isInterrupted; ///< asked while centres are drawn: whether to be told of it at once; may be empty
};

struct KMeans {
    DenseRows centres;
    std::vector<std::uint32_t> groupOf; ///< {rows}
    double inertia = 0; ///< sum of squared distances of the rows from their centres
    int passes = 0;     ///< of the beginning that was best
};

/// All that the passes need to go on.
struct KMeansState {
    int restart = 0; ///< the beginning at hand
    int pass = 0;    ///< done of it; 0: its centres are still being drawn, and there is nothing below
    KMeans best;     ///< of the beginnings before; no centres: there was none
    DenseRows centres;
    std::vector<std::uint32_t> groupOf;             ///< {rows}
    std::vector<std::vector<double>> sums;          ///< of the groups, by parts of the rows
    std::vector<std::vector<std::int64_t>> counts;  ///< likewise
};

/// A beginning on its way, after a pass.
struct KMeansPass {
    int restart = 0;
    int pass = 0; ///< 0: the drawing of its centres was interrupted, and begins anew if it is to go on
    double inertia = 0; ///< of a pass
    std::function<KMeansState()> state; ///< to be asked before the pass is answered
};

/// Told after each pass. False: what there is is enough.
using KMeansTold = std::function<Result<bool>(const KMeansPass& pass)>;

/// Lloyd's passes from centres drawn by k-means++. The result does not depend on the number of threads. Blocks.
/// Sources: Lloyd (1982); Arthur, Vassilvitskii, k-means++: The Advantages of Careful Seeding (2007), with several tries a centre.
/// @param from  where to go on, with the same rows and settings; null: at the beginning
/// Errors: InvalidInput when there are fewer rows than groups, or `from` is of other rows or settings.
Result<KMeans> fitKMeans(
    const DenseRows& rows, const KMeansSettings& settings, const KMeansTold& told, const KMeansState* from = nullptr);

/// {rows}: the nearest of `points` of each row. @param distances  {rows}: squared, to it; may be null
std::vector<std::uint32_t> nearestOf(
    const DenseRows& rows, const DenseRows& points, int threads, std::vector<float>* distances = nullptr);

} // namespace ty::engine
