#include "engine/trees/forest_check.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ty::engine {

namespace {

Result<void> checkTree(const Forest& forest, std::size_t number)
{
    const Tree& tree = forest.trees[number];
    const auto bad = [&](std::size_t node, const char* what) {
        return Error{ErrorKind::InvalidInput, fmt::format("tree {}, node {}: {}", number, node, what), {}};
    };
    const std::size_t leaves = tree.values.size() / static_cast<std::size_t>(forest.outputs);
    if (tree.nodes.empty() || leaves * static_cast<std::size_t>(forest.outputs) != tree.values.size()) {
        return bad(0, "the tree has no leaves");
    }
    for (std::size_t at = 0; at < tree.nodes.size(); ++at) {
        const TreeNode& node = tree.nodes[at];
        const auto right = static_cast<std::size_t>(std::max(0, node.right));
        if (node.isLeaf()) {
            if (node.right < 0 || right >= leaves) {
                return bad(at, "its answer is missing");
            }
            continue;
        }
        if (static_cast<std::size_t>(node.feature) >= forest.features.size()) {
            return bad(at, "it asks for a feature that there is not");
        }
        if (node.right < 0 || right <= at + 1 || right >= tree.nodes.size()) {
            return bad(at, "it does not lead forward");
        }
        const bool isCategory = forest.features[static_cast<std::size_t>(node.feature)].isCategory();
        if (node.isCategory() != isCategory || (isCategory && node.set() >= tree.sets.size()) || std::isnan(node.threshold)) {
            return bad(at, "its question does not fit the feature");
        }
    }
    return {};
}

} // namespace

Result<void> checkForest(const Forest& forest)
{
    if (forest.outputs < 1 || forest.trees.empty()) {
        return Error{ErrorKind::InvalidInput, "the forest has no trees", {}};
    }
    for (const Feature& feature : forest.features) {
        if (feature.categories < 0 || feature.categories > FeatureTable::kMostCategories) {
            return Error{ErrorKind::InvalidInput, fmt::format("the feature \"{}\" has too many categories", feature.name), {}};
        }
    }
    for (std::size_t number = 0; number < forest.trees.size(); ++number) {
        TY_CHECK(checkTree(forest, number));
    }
    return {};
}

} // namespace ty::engine
