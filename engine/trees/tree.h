#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ty::engine {

/// Which categories of a feature a branch takes.
struct CategorySet {
    std::array<std::uint64_t, 4> words{};

    bool contains(int category) const { return (words[static_cast<std::size_t>(category) / 64] >> (category % 64) & 1U) != 0; }
    void insert(int category) { words[static_cast<std::size_t>(category) / 64] |= std::uint64_t{1} << (category % 64); }
    auto operator<=>(const CategorySet&) const = default;
};

/// A question, whose left branch is the node after it, or an answer. Small: asking a forest is waiting for memory.
struct TreeNode {
    std::int32_t feature = -1;     ///< -1: a leaf
    std::int32_t right = -1;       ///< of a leaf: its place among the leaves
    float threshold = 0;           ///< of a number: left where value <= threshold
    std::uint32_t setAndSide = 0;  ///< twice the number of the set, from 1 on; 0 of a number; plus 1: missing goes left

    bool isLeaf() const { return feature < 0; }
    bool isCategory() const { return setAndSide > 1; }
    std::size_t set() const { return setAndSide / 2 - 1; } ///< in Tree::sets; of a category
    bool isMissingLeft() const { return (setAndSide & 1U) != 0; }
};

/// A decision tree. Node 0 is the root; every branch's left child follows it.
struct Tree {
    std::vector<TreeNode> nodes;
    std::vector<float> samples; ///< {nodes}: training rows, by weight
    std::vector<float> gains;   ///< {nodes}: fall of the impurity that a question brings, times samples
    std::vector<CategorySet> sets; ///< of nodes that ask for a category: those that go left
    std::vector<float> values; ///< {leaves, outputs}: shares of the classes, or the value

    bool goesLeft(const TreeNode& node, float value) const
    {
        if (!(value == value)) { // missing
            return node.isMissingLeft();
        }
        return node.isCategory() ? sets[node.set()].contains(static_cast<int>(value)) : value <= node.threshold;
    }
    /// The leaf (its place among the leaves) that a row comes to.
    /// @param valueOf  the row's value of a feature
    template<typename ValueOf>
    std::size_t leafOf(const ValueOf& valueOf) const
    {
        std::size_t at = 0;
        while (!nodes[at].isLeaf()) {
            const TreeNode& node = nodes[at];
            at = goesLeft(node, valueOf(static_cast<std::size_t>(node.feature))) ? at + 1 : static_cast<std::size_t>(node.right);
        }
        return static_cast<std::size_t>(nodes[at].right);
    }
    std::size_t depth() const;
};

} // namespace ty::engine
