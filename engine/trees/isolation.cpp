#include "engine/trees/isolation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "engine/base/parallel_ranges.h"
#include "engine/base/random.h"

namespace ty::engine {

namespace {

/// Mean length of a way to one of `rows` in a random search tree.
double meanWay(double rows)
{
    if (rows <= 1) {
        return 0;
    }
    return rows <= 2 ? 1 : 2 * (std::log(rows - 1) + std::numbers::egamma) - 2 * (rows - 1) / rows;
}

class IsolationGrower {
public:
    IsolationGrower(const FeatureTable& table, std::size_t deepest, Random random)
        : m_table(table), m_deepest(deepest), m_random(random)
    {
    }

    Tree grow(std::span<std::uint32_t> rows)
    {
        growNode(rows, 0);
        return std::move(m_tree);
    }

private:
    /// What a column's values in these rows lie between.
    struct Range {
        float low = std::numeric_limits<float>::infinity();
        float high = -std::numeric_limits<float>::infinity();
    };

    Range rangeOf(std::size_t feature, std::span<const std::uint32_t> rows) const
    {
        Range range;
        const auto column = m_table.column(feature);
        for (const std::uint32_t row : rows) {
            if (column[row] == column[row]) {
                range.low = std::min(range.low, column[row]);
                range.high = std::max(range.high, column[row]);
            }
        }
        return range;
    }

    void growNode(std::span<std::uint32_t> rows, std::size_t depth) // NOLINT(misc-no-recursion): no deeper than m_deepest
    {
        const std::size_t at = m_tree.nodes.size();
        m_tree.nodes.emplace_back();
        m_tree.samples.push_back(static_cast<float>(rows.size()));
        m_tree.gains.push_back(0);
        std::size_t feature = m_table.features().size();
        Range range;
        if (depth < m_deepest && rows.size() > 1) {
            // The first of the columns, in random order, whose values differ.
            const std::size_t count = m_table.features().size();
            const std::size_t start = m_random.below(count);
            for (std::size_t i = 0; i < count && !(range.low < range.high); ++i) {
                feature = (start + i) % count;
                range = rangeOf(feature, rows);
            }
        }
        if (!(range.low < range.high)) {
            m_tree.nodes[at].right = static_cast<std::int32_t>(m_tree.values.size());
            m_tree.values.push_back(static_cast<float>(static_cast<double>(depth) + meanWay(static_cast<double>(rows.size()))));
            return;
        }
        m_tree.nodes[at].feature = static_cast<std::int32_t>(feature);
        ask(at, feature, range);
        const TreeNode node = m_tree.nodes[at];
        const auto column = m_table.column(feature);
        const auto middle = std::stable_partition(rows.begin(), rows.end(), [&](std::uint32_t row) { return m_tree.goesLeft(node, column[row]); });
        const auto lefts = static_cast<std::size_t>(middle - rows.begin());
        growNode(rows.first(lefts), depth + 1);
        m_tree.nodes[at].right = static_cast<std::int32_t>(m_tree.nodes.size());
        growNode(rows.subspan(lefts), depth + 1);
    }

    /// Draws the question of a node; missing values go to a side that is drawn too.
    void ask(std::size_t at, std::size_t feature, const Range& range)
    {
        TreeNode& node = m_tree.nodes[at];
        const bool isMissingLeft = m_random.below(2) == 0;
        node.setAndSide = isMissingLeft ? 1U : 0U;
        if (m_table.features()[feature].isCategory()) {
            CategorySet set;
            const int low = static_cast<int>(range.low);
            set.insert(low + static_cast<int>(m_random.below(static_cast<std::uint64_t>(static_cast<int>(range.high) - low + 1))));
            m_tree.sets.push_back(set);
            node.setAndSide += static_cast<std::uint32_t>(2 * m_tree.sets.size());
        } else {
            const double drawn = m_random.uniform(static_cast<double>(range.low), static_cast<double>(range.high));
            node.threshold = std::min(static_cast<float>(drawn), std::nextafter(range.high, range.low));
        }
    }

    const FeatureTable& m_table;
    std::size_t m_deepest;
    Random m_random;
    Tree m_tree;
};

} // namespace

std::vector<double> IsolationForest::scores(const FeatureTable& table, int threads) const
{
    std::vector<double> made = forest.answers(table, threads);
    for (double& way : made) {
        way = std::exp2(-way / usualWay);
    }
    return made;
}

Result<IsolationForest> growIsolationForest(
    const FeatureTable& table, const IsolationSettings& settings, int threads, int between, const IsolationTold& told)
{
    IsolationForest made;
    made.forest.features = table.features();
    made.forest.outputs = 1;
    const std::size_t sample = std::min(settings.rows, table.rows());
    made.usualWay = std::max(1e-9, meanWay(static_cast<double>(sample)));
    const auto deepest = static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(std::max<std::size_t>(2, sample)))));
    std::size_t before = 0; // trees that are there
    const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<std::uint32_t> all(table.rows());
        for (std::size_t t = before + first; t < before + last; ++t) {
            Random random(settings.seed, t);
            for (std::size_t i = 0; i < all.size(); ++i) {
                all[i] = static_cast<std::uint32_t>(i);
            }
            for (std::size_t i = 0; i < sample; ++i) { // the beginning of a shuffle is enough
                std::swap(all[i], all[i + random.below(all.size() - i)]);
            }
            made.forest.trees[t] = IsolationGrower(table, deepest, random).grow(std::span(all).first(sample));
        }
        return {};
    };
    const auto wanted = static_cast<std::size_t>(settings.trees);
    while (before < wanted) {
        const std::size_t count = std::min(wanted - before, static_cast<std::size_t>(std::max(1, between)));
        made.forest.trees.resize(before + count);
        (void)parallelRanges(count, threads, work); // nothing in it can fail
        before += count;
        TY_TRY(const bool mayGoOn, told(made));
        if (!mayGoOn) {
            break;
        }
    }
    return made;
}

} // namespace ty::engine
