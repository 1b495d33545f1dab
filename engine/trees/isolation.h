#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/trees/forest.h"

namespace ty::engine {

struct IsolationSettings {
    int trees = 100;
    std::size_t rows = 256; ///< that a tree is grown on
    std::uint64_t seed = 1;
};

/// Trees of random questions, whose leaves tell how many of them a row passes: what is unlike the rest is alone soon.
/// Source: Liu, Ting, Zhou, Isolation Forest (ICDM 2008).
struct IsolationForest {
    Forest forest;        ///< one output: the length of the way, with that of a tree of the rows left in the leaf
    double usualWay = 1;  ///< mean length of a way in such a tree

    /// {rows}, in (0, 1): about 0.5 and below is usual, towards 1 is not.
    std::vector<double> scores(const FeatureTable& table, int threads) const;
};

/// Told after some trees: the forest as far as it is. False: what there is is enough.
using IsolationTold = std::function<Result<bool>(const IsolationForest& forest)>;

/// Missing values and categories are asked for as they are. The result does not depend on the number of threads. Blocks.
/// @param between  trees between two calls of `told`, at least 1
Result<IsolationForest> growIsolationForest(
    const FeatureTable& table, const IsolationSettings& settings, int threads, int between, const IsolationTold& told);

} // namespace ty::engine
