#pragma once

#include <cstdint>

namespace ty::engine {

enum class Impurity : std::uint8_t { Gini, Entropy, Variance };
enum class SplitSearch : std::uint8_t {
    Best,  ///< the best place of each feature that is looked at
    Random ///< one place of each at random ("extra trees")
};

enum class CategorySplits : std::uint8_t {
    Subsets, ///< any set of categories against the others
    Ordered  ///< the first ones against the later ones, in the order of Feature::ranks
};

/// How one tree grows.
struct TreeSettings {
    Impurity impurity = Impurity::Gini;
    SplitSearch search = SplitSearch::Best;
    CategorySplits categories = CategorySplits::Subsets;
    int features = 1;    ///< looked at in each node; more while none of them can be split
    int maxDepth = 0;    ///< 0: no limit
    int leafSamples = 1; ///< fewest in a branch
    int splitSamples = 2; ///< fewest that are split
};

} // namespace ty::engine
