#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/trees/feature_table.h"
#include "engine/trees/tree.h"

namespace ty::engine {

/// Leads many rows down trees together: a node is looked at once and divides the rows that came to it, so that nothing waits for
/// the next node. Keeps its buffers between trees. One thread.
class TreeDescent {
public:
    explicit TreeDescent(const FeatureTable& table) : m_table(table) {}

    /// Calls atLeaf(leaf, rows that came to it) for each leaf that some row comes to.
    /// @param rows  of the table; their order is lost
    template<typename AtLeaf>
    void lead(const Tree& tree, std::span<std::uint32_t> rows, const AtLeaf& atLeaf)
    {
        m_right.resize(std::max(m_right.size(), rows.size()));
        m_open.assign(1, Open{0, 0, rows.size()});
        while (!m_open.empty()) {
            const Open open = m_open.back();
            m_open.pop_back();
            const TreeNode& node = tree.nodes[open.node];
            const auto here = rows.subspan(open.first, open.last - open.first);
            if (node.isLeaf()) {
                atLeaf(static_cast<std::size_t>(node.right), here);
                continue;
            }
            const std::size_t middle = open.first + divide(tree, node, here);
            if (middle < open.last) {
                m_open.push_back({static_cast<std::size_t>(node.right), middle, open.last});
            }
            if (open.first < middle) {
                m_open.push_back({open.node + 1, open.first, middle});
            }
        }
    }

private:
    struct Open {
        std::size_t node = 0;
        std::size_t first = 0;
        std::size_t last = 0;
    };

    /// Brings those that go left before the others. Result: how many they are.
    std::size_t divide(const Tree& tree, const TreeNode& node, std::span<std::uint32_t> rows)
    {
        const float* const column = m_table.column(static_cast<std::size_t>(node.feature)).data();
        const bool isMissingLeft = node.isMissingLeft();
        if (!node.isCategory()) {
            const float threshold = node.threshold;
            return split(rows, [=](std::uint32_t row) {
                const float value = column[row];
                return (value <= threshold) | (isMissingLeft & (value != value));
            });
        }
        const CategorySet& set = tree.sets[node.set()];
        return split(rows, [&set, column, isMissingLeft](std::uint32_t row) {
            const float value = column[row];
            const bool isMissing = value != value;
            return isMissing ? isMissingLeft : set.contains(static_cast<int>(value));
        });
    }

    template<typename GoesLeft>
    std::size_t split(std::span<std::uint32_t> rows, const GoesLeft& goesLeft)
    {
        std::size_t lefts = 0;
        std::size_t rights = 0;
        for (const std::uint32_t row : rows) {
            const bool isLeft = goesLeft(row);
            rows[lefts] = row; // without a branch that the processor would guess wrongly half of the time
            m_right[rights] = row;
            lefts += isLeft ? 1 : 0;
            rights += isLeft ? 0 : 1;
        }
        std::copy_n(m_right.begin(), rights, rows.begin() + static_cast<std::ptrdiff_t>(lefts));
        return lefts;
    }

    const FeatureTable& m_table;
    std::vector<std::uint32_t> m_right;
    std::vector<Open> m_open;
};

} // namespace ty::engine
