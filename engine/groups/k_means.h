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
};

struct KMeans {
    DenseRows centres;
    std::vector<std::uint32_t> groupOf; ///< {rows}
    double inertia = 0; ///< sum of squared distances of the rows from their centres
    int passes = 0;     ///< of the beginning that was best
};

/// Told after each pass. False: what there is is enough.
using KMeansTold = std::function<Result<bool>(int restart, int pass, double inertia)>;

/// Lloyd's passes from centres drawn by k-means++. The result does not depend on the number of threads. Blocks.
/// Sources: Lloyd (1982); Arthur, Vassilvitskii, k-means++: The Advantages of Careful Seeding (2007), with several tries a centre.
/// Errors: InvalidInput when there are fewer rows than groups.
Result<KMeans> fitKMeans(const DenseRows& rows, const KMeansSettings& settings, const KMeansTold& told);

/// {rows}: the nearest of `points` of each row. @param distances  {rows}: squared, to it; may be null
std::vector<std::uint32_t> nearestOf(
    const DenseRows& rows, const DenseRows& points, int threads, std::vector<float>* distances = nullptr);

} // namespace ty::engine
