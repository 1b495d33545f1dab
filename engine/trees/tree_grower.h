#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "engine/trees/binned_table.h"
#include "engine/trees/node_counts.h"
#include "engine/trees/tree.h"
#include "engine/trees/tree_settings.h"

namespace ty::engine {

/// Grows trees, one after the other, depth first; keeps its buffers between them. One thread a grower.
/// @tparam Counts  what a node knows of its rows: node_counts.h
template<typename Counts>
class TreeGrower {
public:
    using Item = typename Counts::Item;
    using Total = typename Counts::Total;

    /// @param targets  {rows}: a class's number or a value
    /// @param outputs  numbers that a leaf answers with
    TreeGrower(const BinnedTable& table, std::span<const float> targets, int outputs, const TreeSettings& settings)
        : TreeGrower(table, targets, outputs, settings, Counts(outputs, settings.impurity))
    {
    }
    TreeGrower(
        const BinnedTable& table, std::span<const float> targets, int outputs, const TreeSettings& settings, const Counts& counts)
        : m_table(table)
        , m_targets(targets)
        , m_outputs(static_cast<std::size_t>(outputs))
        , m_settings(settings)
        , m_counts(counts)
        , m_bins(BinnedTable::kMostBins, m_counts.none())
        , m_features(table.features())
    {
    }

    /// @param rows     of the table, each once
    /// @param weights  how often each of them counts, at least once; empty: once
    /// @param isInterrupted  asked now and then: if it says so, nodes that are still open become leaves; may be empty
    Tree grow(
        std::span<const std::uint32_t> rows, std::span<const std::uint32_t> weights, Random& random,
        const std::function<bool()>& isInterrupted = {})
    {
        m_isCutShort = false;
        std::size_t work = 0;
        m_rows.assign(rows.begin(), rows.end());
        m_items.resize(rows.size());
        Total all = m_counts.none();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            m_items[i] = m_counts.item(rows[i], m_targets[rows[i]], weights.empty() ? 1U : weights[i]);
            all.add(m_items[i]);
        }
        for (std::size_t f = 0; f < m_features.size(); ++f) {
            m_features[f] = static_cast<std::uint32_t>(f);
        }
        m_constants.assign(1, std::vector<bool>(m_features.size()));
        Tree tree;
        m_open.assign(1, Open{0, rows.size(), 0, kNoParent, all});
        while (!m_open.empty()) {
            const Open open = m_open.back();
            m_open.pop_back();
            work += open.last - open.first;
            if (work >= kWorkBetweenLooks && !m_isCutShort) {
                work = 0;
                m_isCutShort = isInterrupted && isInterrupted();
            }
            growNode(tree, open, random);
        }
        return tree;
    }

    /// Whether the tree that was grown last was interrupted.
    bool isCutShort() const { return m_isCutShort; }

private:
    static constexpr std::size_t kWorkBetweenLooks = 20'000; ///< rows of nodes: some milliseconds
    static constexpr std::size_t kNoParent = std::numeric_limits<std::size_t>::max();

    /// A node whose rows are known and which has no place in the tree yet.
    struct Open {
        std::size_t first = 0;
        std::size_t last = 0;
        std::size_t depth = 0;
        std::size_t parent = kNoParent; ///< whose right child it is
        Total total;
    };
    struct Split {
        double worth = -std::numeric_limits<double>::infinity();
        std::size_t feature = 0;
        int bin = -1;         ///< of a number: the last bin on the left
        int nextBin = -1;     ///< the first bin on the right that has rows; -1: none
        CategorySet leftBins; ///< of a category
        bool isMissingLeft = false;
        Total left{};

        bool isFound() const { return worth > -std::numeric_limits<double>::infinity(); }
    };
    struct OrderedBin {
        double order = 0;
        int bin = 0;
    };

    void growNode(Tree& tree, const Open& open, Random& random)
    {
        const std::size_t at = tree.nodes.size();
        tree.nodes.emplace_back();
        tree.samples.push_back(static_cast<float>(open.total.weight()));
        tree.gains.push_back(0);
        if (open.parent != kNoParent) {
            tree.nodes[open.parent].right = static_cast<std::int32_t>(at);
        }
        Split best;
        const bool isTooDeep = m_settings.maxDepth > 0 && open.depth >= static_cast<std::size_t>(m_settings.maxDepth);
        const double fewest = std::max(m_settings.splitSamples, 2 * m_settings.leafSamples);
        if (!isTooDeep && !m_isCutShort && open.total.weight() >= fewest && open.last - open.first > 1 && !m_counts.isPure(open.total)) {
            best = findSplit(open, random);
        }
        if (!best.isFound()) {
            tree.nodes[at].right = static_cast<std::int32_t>(tree.values.size() / m_outputs);
            m_counts.answer(open.total, tree.values);
            return;
        }
        TreeNode& node = tree.nodes[at];
        node.feature = static_cast<std::int32_t>(best.feature);
        node.setAndSide = best.isMissingLeft ? 1 : 0;
        tree.gains[at] = static_cast<float>(std::max(0.0, best.worth - m_counts.worth(open.total)));
        if (m_table.isCategory(best.feature)) {
            tree.sets.push_back(best.leftBins);
            node.setAndSide += static_cast<std::uint32_t>(2 * tree.sets.size());
        } else {
            node.threshold = thresholdOf(best);
        }
        const std::size_t middle = partition(open, best);
        Total right = open.total;
        right.subtract(best.left);
        m_open.push_back(Open{middle, open.last, open.depth + 1, at, right});
        m_open.push_back(Open{open.first, middle, open.depth + 1, kNoParent, best.left}); // taken next: follows its parent
    }

    float thresholdOf(const Split& split) const
    {
        if (split.nextBin < 0) {
            return std::numeric_limits<float>::max(); // all values are left, what is missing is right
        }
        const float low = m_table.threshold(split.feature, split.bin);
        const float high = m_table.threshold(split.feature, split.nextBin - 1);
        return low + (high - low) / 2;
    }

    /// Whether a row with this bin of the split's feature is on the left.
    bool isLeft(const Split& split, bool isCategory, int missingBin, int bin) const
    {
        if (bin == missingBin) {
            return split.isMissingLeft;
        }
        return isCategory ? split.leftBins.contains(bin) : bin <= split.bin;
    }

    /// Keeps the order on both sides, so that rows are looked up in the order in which they lie in memory.
    std::size_t partition(const Open& open, const Split& split)
    {
        const auto column = m_table.column(split.feature);
        const int missingBin = m_table.valueBins(split.feature);
        const bool isCategory = m_table.isCategory(split.feature);
        std::array<bool, BinnedTable::kMostBins> left{};
        for (int bin = 0; bin <= missingBin; ++bin) {
            left[static_cast<std::size_t>(bin)] = isLeft(split, isCategory, missingBin, bin);
        }
        const std::size_t count = open.last - open.first;
        m_rightRows.resize(std::max(m_rightRows.size(), count));
        m_rightItems.resize(std::max(m_rightItems.size(), count));
        std::size_t lefts = open.first;
        std::size_t rights = 0;
        for (std::size_t i = open.first; i < open.last; ++i) {
            const std::uint32_t row = m_rows[i];
            const Item item = m_items[i];
            const bool goesLeft = left[column[row]];
            m_rows[lefts] = row; // without a branch that the processor would guess wrongly half of the time
            m_items[lefts] = item;
            m_rightRows[rights] = row;
            m_rightItems[rights] = item;
            lefts += goesLeft ? 1 : 0;
            rights += goesLeft ? 0 : 1;
        }
        std::copy_n(m_rightRows.begin(), rights, m_rows.begin() + static_cast<std::ptrdiff_t>(lefts));
        std::copy_n(m_rightItems.begin(), rights, m_items.begin() + static_cast<std::ptrdiff_t>(lefts));
        return lefts;
    }

    Split findSplit(const Open& open, Random& random)
    {
        if (m_constants.size() < open.depth + 2) {
            m_constants.resize(open.depth + 2);
        }
        // Those of the parent's rows; the children, which come before any other node of their depth, inherit what is found.
        std::vector<bool>& constants = m_constants[open.depth + 1];
        constants = m_constants[open.depth];
        Split best;
        const std::size_t count = m_features.size();
        bool hasVaried = false;
        for (std::size_t i = 0; i < count && (i < static_cast<std::size_t>(m_settings.features) || !hasVaried); ++i) {
            std::swap(m_features[i], m_features[i + random.below(count - i)]);
            const std::size_t feature = m_features[i];
            if (constants[feature]) {
                continue;
            }
            if (lookAt(feature, open, best, random)) {
                hasVaried = true;
            } else {
                constants[feature] = true;
            }
        }
        return best;
    }

    /// Counts the rows of each bin and takes the split if it is better. Result: whether there is more than one bin.
    bool lookAt(std::size_t feature, const Open& open, Split& best, Random& random)
    {
        countBins(feature, open);
        const bool doesVary = m_occupied.size() > 1;
        if (doesVary) {
            if (m_settings.search == SplitSearch::Random) {
                tryRandomSplit(feature, open, best, random);
            } else if (!m_table.isCategory(feature)) {
                tryThresholds(feature, open, best);
            } else if (m_settings.categories == CategorySplits::Ordered) {
                tryOrderedCategories(feature, open, best);
            } else {
                tryCategories(feature, open, best);
            }
        }
        for (const int bin : m_occupied) {
            m_bins[static_cast<std::size_t>(bin)] = m_counts.none();
        }
        return doesVary;
    }

    void countBins(std::size_t feature, const Open& open)
    {
        const std::uint8_t* const column = m_table.column(feature).data();
        const std::uint32_t* const rows = m_rows.data();
        const Item* const items = m_items.data();
        Total* const bins = m_bins.data();
        const int binCount = m_table.valueBins(feature) + 1;
        m_occupied.clear();
        if (open.last - open.first >= static_cast<std::size_t>(binCount)) {
            for (std::size_t i = open.first; i < open.last; ++i) {
                bins[column[rows[i]]].add(items[i]);
            }
            for (int bin = 0; bin < binCount; ++bin) {
                if (!bins[bin].isEmpty()) {
                    m_occupied.push_back(bin);
                }
            }
            return;
        }
        std::array<std::uint64_t, 4> occupied{}; // few rows in many bins: only theirs are looked at
        for (std::size_t i = open.first; i < open.last; ++i) {
            const std::uint8_t bin = column[rows[i]];
            bins[bin].add(items[i]);
            occupied[bin / 64U] |= std::uint64_t{1} << (bin % 64U);
        }
        for (int word = 0; word < 4; ++word) {
            for (std::uint64_t bits = occupied[static_cast<std::size_t>(word)]; bits != 0; bits &= bits - 1) {
                m_occupied.push_back(word * 64 + std::countr_zero(bits));
            }
        }
    }

    const Total& totalOf(int bin) const { return m_bins[static_cast<std::size_t>(bin)]; }

    /// Takes a split with these rows on the left if it may be and is better than `best`.
    template<typename Fill>
    void offer(std::size_t feature, const Open& open, const Total& left, Split& best, const Fill& fill)
    {
        Total right = open.total;
        right.subtract(left);
        if (left.weight() < m_settings.leafSamples || right.weight() < m_settings.leafSamples) {
            return;
        }
        const double worth = m_counts.worth(left) + m_counts.worth(right);
        if (worth <= best.worth) {
            return;
        }
        best = Split();
        best.worth = worth;
        best.feature = feature;
        best.left = left;
        // A missing value that was not met here goes where most rows go.
        best.isMissingLeft = left.weight() >= right.weight();
        fill(best);
    }

    void tryThresholds(std::size_t feature, const Open& open, Split& best)
    {
        const auto binAt = [this](std::size_t place) { return m_occupied[place]; };
        tryCuts(feature, open, best, binAt, [&](Split& split, std::size_t last, bool isLast) {
            split.bin = m_occupied[last];
            split.nextBin = isLast ? -1 : m_occupied[last + 1];
        });
    }

    /// Categories that were not met here go with the nearer of the two that the cut lies between.
    void tryOrderedCategories(std::size_t feature, const Open& open, Split& best)
    {
        orderByRank(feature);
        const auto binAt = [this](std::size_t place) { return m_ordered[place].bin; };
        tryCuts(feature, open, best, binAt, [&](Split& split, std::size_t last, bool isLast) {
            const int rank = m_table.rank(feature, m_ordered[last].bin);
            const int next = isLast ? m_table.valueBins(feature) : m_table.rank(feature, m_ordered[last + 1].bin);
            fillUpTo(feature, isLast ? next : (rank + next) / 2, split);
        });
    }

    /// Values in their order cut in two after each of them, missing ones on either side.
    /// @param binAt  (place) -> bin, of those that have rows, without the one of missing values
    /// @param fill   (split, last place on the left, whether there is none after it)
    template<typename BinAt, typename Fill>
    void tryCuts(std::size_t feature, const Open& open, Split& best, const BinAt& binAt, const Fill& fill)
    {
        const int missingBin = m_table.valueBins(feature);
        const bool isMissingHere = m_occupied.back() == missingBin;
        const std::size_t values = m_occupied.size() - (isMissingHere ? 1 : 0);
        Total left = m_counts.none();
        for (std::size_t i = 0; i < values; ++i) {
            left.add(totalOf(binAt(i)));
            const bool isLast = i + 1 == values;
            if (isLast && !isMissingHere) {
                break;
            }
            const auto take = [&](bool isMissingLeft) {
                return [&, isMissingLeft](Split& split) {
                    split.isMissingLeft = isMissingHere ? isMissingLeft : split.isMissingLeft;
                    fill(split, i, isLast);
                };
            };
            offer(feature, open, left, best, take(false));
            if (isMissingHere && !isLast) {
                Total withMissing = left;
                withMissing.add(totalOf(missingBin));
                offer(feature, open, withMissing, best, take(true));
            }
        }
    }

    /// The categories that have rows, in their order.
    void orderByRank(std::size_t feature)
    {
        m_ordered.clear();
        for (const int bin : m_occupied) {
            if (bin != m_table.valueBins(feature)) {
                m_ordered.push_back({static_cast<double>(m_table.rank(feature, bin)), bin});
            }
        }
        sortOrdered();
    }

    void sortOrdered()
    {
        std::sort(m_ordered.begin(), m_ordered.end(), [](const OrderedBin& a, const OrderedBin& b) {
            return a.order != b.order ? a.order < b.order : a.bin < b.bin;
        });
    }

    void fillUpTo(std::size_t feature, int lastRank, Split& split)
    {
        for (int bin = 0; bin < m_table.valueBins(feature); ++bin) {
            if (m_table.rank(feature, bin) <= lastRank) {
                split.leftBins.insert(bin);
            }
        }
    }

    /// Sorted by how much they lean to one class, or by their mean, the best two groups of categories are neighbours.
    /// Source: Breiman, Friedman, Olshen, Stone, Classification and Regression Trees (1984), section 4.2.
    void tryCategories(std::size_t feature, const Open& open, Split& best)
    {
        m_ordered.clear();
        for (const int bin : m_occupied) {
            m_ordered.push_back({m_counts.order(totalOf(bin), open.total), bin});
        }
        sortOrdered();
        Total left = m_counts.none();
        for (std::size_t i = 0; i + 1 < m_ordered.size(); ++i) {
            left.add(totalOf(m_ordered[i].bin));
            offer(feature, open, left, best, [&](Split& split) {
                fillCategories(feature, open, split, [&](std::size_t place) { return place <= i; });
            });
        }
    }

    /// The smaller group goes left, so that categories which were not met here follow the larger one.
    template<typename IsChosen>
    void fillCategories(std::size_t feature, const Open& open, Split& split, const IsChosen& isChosen)
    {
        const int missingBin = m_table.valueBins(feature);
        const bool isSwapped = 2 * split.left.weight() > open.total.weight();
        split.isMissingLeft = false;
        for (std::size_t place = 0; place < m_ordered.size(); ++place) {
            if (isChosen(place) == isSwapped) {
                continue;
            }
            if (m_ordered[place].bin == missingBin) {
                split.isMissingLeft = true;
            } else {
                split.leftBins.insert(m_ordered[place].bin);
            }
        }
        if (isSwapped) {
            Total other = open.total;
            other.subtract(split.left);
            split.left = other;
        }
    }

    void tryRandomSplit(std::size_t feature, const Open& open, Split& best, Random& random)
    {
        const std::uint64_t sides = random.next();
        if (!m_table.isCategory(feature)) {
            const auto binAt = [this](std::size_t place) { return m_occupied[place]; };
            const auto placeOf = [](int bin) { return bin; };
            tryRandomCut(feature, open, best, random, sides, binAt, placeOf, [](Split& split, int last, bool isLast) {
                split.bin = last;
                split.nextBin = isLast ? -1 : last + 1;
            });
        } else if (m_settings.categories == CategorySplits::Ordered) {
            orderByRank(feature);
            const auto binAt = [this](std::size_t place) { return m_ordered[place].bin; };
            const auto rankOf = [this, feature](int bin) { return m_table.rank(feature, bin); };
            tryRandomCut(feature, open, best, random, sides, binAt, rankOf, [this, feature](Split& split, int last, bool isLast) {
                fillUpTo(feature, isLast ? m_table.valueBins(feature) : last, split);
            });
        } else {
            tryRandomSubset(feature, open, best, random, sides);
        }
    }

    void tryRandomSubset(std::size_t feature, const Open& open, Split& best, Random& random, std::uint64_t sides)
    {
        m_ordered.clear();
        m_chosen.clear();
        for (const int bin : m_occupied) {
            m_ordered.push_back({0, bin});
            const bool isChosen = (m_chosen.size() < 64 ? sides >> m_chosen.size() : random.next()) & 1U;
            m_chosen.push_back(isChosen ? 1 : 0);
        }
        const bool isFirst = m_chosen.front() != 0;
        if (std::all_of(m_chosen.begin(), m_chosen.end(), [&](std::uint8_t one) { return (one != 0) == isFirst; })) {
            m_chosen[random.below(m_chosen.size())] ^= 1U; // one against the rest
        }
        Total left = m_counts.none();
        for (std::size_t i = 0; i < m_occupied.size(); ++i) {
            if (m_chosen[i] != 0) {
                left.add(totalOf(m_occupied[i]));
            }
        }
        offer(feature, open, left, best, [&](Split& split) {
            fillCategories(feature, open, split, [&](std::size_t place) { return m_chosen[place] != 0; });
        });
    }

    /// A cut at a random place between the lowest and the highest that have rows; missing values on a random side.
    /// @param binAt    (number) -> bin, ascending by place, without the one of missing values
    /// @param placeOf  (bin) -> place
    /// @param fill     (split, last place on the left, whether all values are there)
    template<typename BinAt, typename PlaceOf, typename Fill>
    void tryRandomCut(
        std::size_t feature, const Open& open, Split& best, Random& random, std::uint64_t sides, const BinAt& binAt,
        const PlaceOf& placeOf, const Fill& fill)
    {
        const int missingBin = m_table.valueBins(feature);
        const bool isMissingHere = m_occupied.back() == missingBin;
        const std::size_t values = m_occupied.size() - (isMissingHere ? 1 : 0);
        const bool isMissingLeft = isMissingHere && values > 1 && (sides & 1U) != 0;
        int last = placeOf(binAt(0));
        if (values > 1) {
            const int highest = placeOf(binAt(values - 1));
            last += static_cast<int>(random.below(static_cast<std::uint64_t>(highest - last)));
        }
        Total left = m_counts.none();
        for (std::size_t i = 0; i < values && placeOf(binAt(i)) <= last; ++i) {
            left.add(totalOf(binAt(i)));
        }
        if (isMissingLeft) {
            left.add(totalOf(missingBin));
        }
        offer(feature, open, left, best, [&](Split& split) {
            split.isMissingLeft = isMissingHere ? isMissingLeft : split.isMissingLeft;
            fill(split, last, values == 1);
        });
    }

    const BinnedTable& m_table;
    std::span<const float> m_targets;
    std::size_t m_outputs;
    TreeSettings m_settings;
    Counts m_counts;
    std::vector<Total> m_bins;    ///< nothing in them between two features
    std::vector<int> m_occupied;  ///< bins of the feature that is looked at, ascending
    std::vector<OrderedBin> m_ordered;
    std::vector<std::uint8_t> m_chosen;
    std::vector<std::uint32_t> m_features; ///< in the order in which they were drawn last
    std::vector<std::vector<bool>> m_constants; ///< by depth: features with one bin in all rows of the node
    std::vector<Open> m_open;
    std::vector<std::uint32_t> m_rows;
    std::vector<Item> m_items;
    std::vector<std::uint32_t> m_rightRows;
    std::vector<Item> m_rightItems;
    bool m_isCutShort = false;
};

} // namespace ty::engine
