#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

struct TsneSettings {
    double perplexity = 30;       ///< about how many neighbours a row has; at least 2, below a third of the rows
    int passes = 1000;
    int exaggeratedPasses = 250;  ///< in which neighbours attract each other more, so that groups find together
    double exaggeration = 12;
    double angle = 0.5;           ///< how coarse far points are taken together; in [0, 1], 0: not at all
    std::size_t mostColumns = 50; ///< rows of more columns are first brought to so many principal components
    std::uint64_t seed = 1;
    int threads = 1;
};

/// Rows as points of a plane.
struct Embedding {
    std::vector<float> places; ///< {rows, 2}
    double divergence = 0;     ///< Kullback-Leibler, in nats: how far neighbours here are not neighbours there
    int passes = 0;
};

/// Told now and then, and after the last pass. False: what there is is enough.
using TsneTold = std::function<Result<bool>(int pass, const Embedding& embedding)>;

/// Rows that are neighbours become neighbours in a plane; distances between groups mean little. Begins with the first two principal
/// components. The same seed gives the same points with any number of threads. Blocks.
/// @param between  passes between two calls of `told`, at least 1
/// Errors: InvalidInput for fewer than 4 rows or a perplexity that does not fit them.
/// Source: van der Maaten, Accelerating t-SNE using Tree-Based Algorithms (2014).
Result<Embedding> embedByTsne(const DenseRows& rows, const TsneSettings& settings, int between, const TsneTold& told);

} // namespace ty::engine
