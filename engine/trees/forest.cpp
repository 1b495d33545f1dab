#include "engine/trees/forest.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

#include "engine/base/parallel_ranges.h"
#include "engine/base/random.h"
#include "engine/trees/binned_table.h"
#include "engine/trees/tree_descent.h"
#include "engine/trees/tree_grower.h"

namespace ty::engine {

namespace {

constexpr std::size_t kWorthLeading = 64;     ///< rows that are not led down together
constexpr std::chrono::milliseconds kPatience(150); ///< for a tree that is being grown when the end is wished
constexpr std::size_t kRowsAtOnce = 16'384; ///< whose values of a column stay in the processor's cache

/// In how many parts rows are asked for.
std::size_t parts(std::size_t rows, int threads)
{
    return std::max((rows + kRowsAtOnce - 1) / kRowsAtOnce, static_cast<std::size_t>(std::max(1, threads)));
}

} // namespace

void Forest::addAnswers(
    const FeatureTable& table, std::size_t firstTree, std::size_t lastTree, std::span<double> into, int threads) const
{
    const auto width = static_cast<std::size_t>(outputs);
    const auto add = [&](const Tree& tree, std::size_t leaf, std::size_t row) {
        for (std::size_t o = 0; o < width; ++o) {
            into[row * width + o] += static_cast<double>(tree.values[leaf * width + o]);
        }
    };
    if (table.rows() < kWorthLeading) {
        for (std::size_t t = firstTree; t < lastTree; ++t) {
            for (std::size_t row = 0; row < table.rows(); ++row) {
                add(trees[t], trees[t].leafOf([&](std::size_t feature) { return table.column(feature)[row]; }), row);
            }
        }
        return;
    }
    const std::size_t count = parts(table.rows(), threads);
    const auto ask = [&](std::size_t firstPart, std::size_t lastPart) -> Result<void> {
        TreeDescent descent(table);
        for (std::size_t part = firstPart; part < lastPart; ++part) {
            const std::size_t first = part * table.rows() / count;
            const std::size_t last = (part + 1) * table.rows() / count;
            std::vector<std::uint32_t> rows(last - first);
            for (std::size_t t = firstTree; t < lastTree; ++t) {
                std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
                descent.lead(trees[t], rows, [&](std::size_t leaf, std::span<const std::uint32_t> there) {
                    for (const std::uint32_t row : there) {
                        add(trees[t], leaf, row);
                    }
                });
            }
        }
        return {};
    };
    (void)parallelRanges(count, threads, ask); // nothing in it can fail
}

std::vector<double> Forest::answers(const FeatureTable& table, int threads) const
{
    std::vector<double> sums(table.rows() * static_cast<std::size_t>(outputs));
    addAnswers(table, 0, trees.size(), sums, threads);
    for (double& sum : sums) {
        sum /= static_cast<double>(std::max<std::size_t>(1, trees.size()));
    }
    return sums;
}

std::vector<double> Forest::impurityImportance() const
{
    std::vector<double> importance(features.size());
    for (const Tree& tree : trees) {
        std::vector<double> ofTree(features.size());
        double all = 0;
        for (std::size_t at = 0; at < tree.nodes.size(); ++at) {
            if (!tree.nodes[at].isLeaf()) {
                ofTree[static_cast<std::size_t>(tree.nodes[at].feature)] += static_cast<double>(tree.gains[at]);
                all += static_cast<double>(tree.gains[at]);
            }
        }
        for (std::size_t f = 0; all > 0 && f < features.size(); ++f) {
            importance[f] += ofTree[f] / all;
        }
    }
    double all = 0;
    for (const double one : importance) {
        all += one;
    }
    for (double& one : importance) {
        one = all > 0 ? one / all : 0;
    }
    return importance;
}

struct ForestGrowth::Binned {
    BinnedTable table;
};

ForestGrowth::ForestGrowth(
    const FeatureTable& table,
    std::span<const float> targets,
    std::vector<std::uint32_t> rows,
    int outputs,
    const ForestSettings& settings,
    int threads)
    : m_table(table)
    , m_targets(targets)
    , m_rows(std::move(rows))
    , m_settings(settings)
    , m_threads(std::max(1, threads))
    , m_binned(std::make_unique<Binned>(Binned{BinnedTable(table, settings.bins, threads)}))
{
    m_forest.features = table.features();
    m_forest.outputs = outputs;
    double largest = 1;
    if (outputs == 1) {
        for (const std::uint32_t row : m_rows) {
            largest = std::max(largest, std::abs(static_cast<double>(m_targets[row])));
        }
        m_settings.tree.impurity = Impurity::Variance;
    }
    m_scale = std::ldexp(1.0, 40) / largest; // 2^22 trees fit
    m_sums.assign(table.rows() * static_cast<std::size_t>(outputs), 0);
    m_votes.assign(table.rows(), 0);
}

ForestGrowth::~ForestGrowth() = default;

ForestGrowth::Sample ForestGrowth::drawSample(Random& random) const
{
    Sample sample;
    if (m_settings.sampling == RowSampling::All) {
        sample.rows = m_rows;
        return sample;
    }
    std::vector<std::uint32_t> times(m_rows.size());
    const auto kept = m_settings.sampling == RowSampling::Bootstrap
        ? m_rows.size()
        : std::max<std::size_t>(1, static_cast<std::size_t>(std::llround((1 - m_settings.outOfBag) * static_cast<double>(m_rows.size()))));
    if (m_settings.sampling == RowSampling::Bootstrap) {
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            ++times[random.below(m_rows.size())];
        }
    } else {
        std::vector<std::uint32_t> order(m_rows.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = static_cast<std::uint32_t>(i);
        }
        random.shuffle(order);
        order.resize(kept);
        if (m_settings.sampling == RowSampling::Uniform || m_forest.outputs == 1) {
            for (const std::uint32_t place : order) {
                times[place] = 1;
            }
        } else {
            std::vector<std::vector<std::uint32_t>> ofClass(static_cast<std::size_t>(m_forest.outputs));
            for (const std::uint32_t place : order) {
                ofClass[static_cast<std::size_t>(m_targets[m_rows[place]])].push_back(place);
            }
            std::erase_if(ofClass, [](const auto& places) { return places.empty(); });
            for (std::size_t i = 0; i < kept; ++i) {
                const auto& places = ofClass[i % ofClass.size()];
                ++times[places[random.below(places.size())]];
            }
        }
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (times[i] > 0) {
            sample.rows.push_back(m_rows[i]);
            sample.weights.push_back(times[i]);
        } else {
            sample.unseen.push_back(m_rows[i]);
        }
    }
    return sample;
}

void ForestGrowth::countUnseen(const Tree& tree, std::span<std::uint32_t> unseen, TreeDescent& descent, int sign)
{
    struct Group {
        std::size_t leaf = 0;
        std::span<const std::uint32_t> rows;
    };
    std::vector<Group> groups;
    descent.lead(tree, unseen, [&](std::size_t leaf, std::span<const std::uint32_t> rows) { groups.push_back({leaf, rows}); });
    const auto width = static_cast<std::size_t>(m_forest.outputs);
    std::vector<std::int64_t> scaled(width);
    const std::lock_guard lock(m_countsMutex);
    for (const auto& [leaf, rows] : groups) {
        for (std::size_t o = 0; o < width; ++o) {
            scaled[o] = sign * std::llround(static_cast<double>(tree.values[leaf * width + o]) * m_scale);
        }
        for (const std::uint32_t row : rows) {
            for (std::size_t o = 0; o < width; ++o) {
                m_sums[row * width + o] += scaled[o];
            }
            m_votes[row] += static_cast<std::uint32_t>(sign); // wraps around and back
        }
    }
}

bool ForestGrowth::takeCutTree()
{
    if (!m_forest.trees.empty() || m_cutTree.nodes.empty()) {
        return false;
    }
    m_forest.trees.push_back(std::move(m_cutTree));
    return true;
}

ForestGrowth::Counts ForestGrowth::counts() const
{
    return {m_sums, {m_votes.begin(), m_votes.end()}};
}

Result<void> ForestGrowth::restore(Forest forest, Counts counts)
{
    const bool fits = forest.features == m_forest.features && forest.outputs == m_forest.outputs
        && forest.trees.size() <= static_cast<std::size_t>(m_settings.trees) && counts.sums.size() == m_sums.size()
        && counts.votes.size() == m_votes.size();
    if (!fits) {
        return Error{ErrorKind::InvalidInput, "the trees that were grown before do not fit the table", {}};
    }
    m_forest = std::move(forest);
    m_sums = std::move(counts.sums);
    std::transform(counts.votes.begin(), counts.votes.end(), m_votes.begin(), [](std::int64_t votes) {
        return static_cast<std::uint32_t>(votes);
    });
    return {};
}

/// Result: where the trees that are there end.
template<typename Counts>
std::size_t ForestGrowth::growWith(
    std::size_t first, std::size_t last, const std::function<bool()>& isInterrupted, const std::function<bool()>& isEnough)
{
    using Clock = std::chrono::steady_clock;
    std::vector<char> isWhole(last - first); // not of bits: threads write them
    std::atomic<std::size_t> next = first;
    std::atomic<std::size_t> whole = last; // trees before this one are
    const auto work = [&](std::size_t, std::size_t) -> Result<void> {
        std::optional<Clock::time_point> asked;
        const std::function<bool()> isGivenUp = [&] { // most trees take less than the patience: they are not lost
            if (!isInterrupted || !isInterrupted()) {
                asked.reset();
                return false;
            }
            asked = asked.value_or(Clock::now());
            return Clock::now() - *asked >= kPatience;
        };
        TreeDescent descent(m_table);
        TreeGrower<Counts> grower(m_binned->table, m_targets, m_forest.outputs, m_settings.tree);
        while (!(isInterrupted && isInterrupted()) && !(isEnough && isEnough())) {
            const std::size_t t = next++; // who has taken a tree grows it: there are no gaps
            if (t >= last) {
                break;
            }
            Random random(m_settings.seed, t);
            Sample sample = drawSample(random);
            m_forest.trees[t] = grower.grow(sample.rows, sample.weights, random, isGivenUp);
            if (grower.isCutShort()) {
                for (std::size_t before = whole; t < before && !whole.compare_exchange_weak(before, t);) {
                }
                break;
            }
            if (m_settings.isOutOfBagCounted) {
                countUnseen(m_forest.trees[t], sample.unseen, descent, 1);
            }
            isWhole[t - first] = 1;
        }
        return {};
    };
    (void)parallelRanges(std::min<std::size_t>(static_cast<std::size_t>(m_threads), last - first), m_threads, work);
    const std::size_t there = std::min({next.load(), last, whole.load()});
    TreeDescent descent(m_table);
    for (std::size_t t = there; t < last; ++t) { // whole ones after one that was given up
        if (isWhole[t - first] != 0 && m_settings.isOutOfBagCounted) {
            Random random(m_settings.seed, t);
            Sample sample = drawSample(random);
            countUnseen(m_forest.trees[t], sample.unseen, descent, -1);
        }
    }
    if (there == 0 && whole == 0) {
        m_cutTree = std::move(m_forest.trees[0]);
    }
    return there;
}

void ForestGrowth::grow(int count, const std::function<bool()>& isInterrupted, const std::function<bool()>& isEnough)
{
    const std::size_t first = m_forest.trees.size();
    const std::size_t last = std::min(static_cast<std::size_t>(m_settings.trees), first + static_cast<std::size_t>(count));
    if (last <= first) {
        return;
    }
    m_forest.trees.resize(last);
    const int outputs = m_forest.outputs;
    const std::size_t there = outputs == 1 ? growWith<ValueCounts>(first, last, isInterrupted, isEnough)
        : outputs == 2                     ? growWith<TwoClassCounts>(first, last, isInterrupted, isEnough)
        : outputs <= 4                     ? growWith<ManyClassCounts<4>>(first, last, isInterrupted, isEnough)
        : outputs <= 16                    ? growWith<ManyClassCounts<16>>(first, last, isInterrupted, isEnough)
                                           : growWith<ManyClassCounts<kMostClasses>>(first, last, isInterrupted, isEnough);
    m_forest.trees.resize(there);
}

OutOfBag ForestGrowth::outOfBag() const
{
    OutOfBag result;
    const auto width = static_cast<std::size_t>(m_forest.outputs);
    for (const std::uint32_t row : m_rows) {
        if (m_votes[row] == 0) {
            continue;
        }
        result.rows.push_back(row);
        for (std::size_t o = 0; o < width; ++o) {
            result.answers.push_back(static_cast<double>(m_sums[row * width + o]) / m_scale / m_votes[row]);
        }
    }
    return result;
}

} // namespace ty::engine
