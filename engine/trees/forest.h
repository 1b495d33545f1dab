#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/trees/feature_table.h"
#include "engine/trees/tree.h"
#include "engine/trees/tree_settings.h"

namespace ty {
class Random;
}

namespace ty::engine {

class TreeDescent;

/// Which rows a tree is grown on.
enum class RowSampling : std::uint8_t {
    All,
    Bootstrap, ///< as many as there are, with replacement
    Uniform,   ///< without replacement, but for those out of bag
    Balancing  ///< with replacement, of each class as many
};

struct ForestSettings {
    TreeSettings tree;
    int trees = 100;
    RowSampling sampling = RowSampling::Bootstrap;
    double outOfBag = 0.2; ///< share of the rows that Uniform and Balancing keep from a tree; in [0, 0.9]
    int bins = 255;        ///< of a number; in [2, 255]
    std::uint64_t seed = 1;
    bool isOutOfBagCounted = true; ///< about a third of the time of growing
};

/// Trees whose answers are averaged. Immutable once grown; any thread may ask.
struct Forest {
    std::vector<Feature> features;
    int outputs = 1; ///< classes, or 1 for a value
    std::vector<Tree> trees;

    /// @param into  {table.rows(), outputs}: the mean answer of the trees [firstTree, lastTree) is added to it, times
    ///              their number: divide by the number of all trees in the end
    void addAnswers(
        const FeatureTable& table, std::size_t firstTree, std::size_t lastTree, std::span<double> into, int threads) const;
    /// {table.rows(), outputs}.
    std::vector<double> answers(const FeatureTable& table, int threads) const;
    /// {features}, sum 1 unless nothing was split: mean fall of impurity that the features' questions brought.
    std::vector<double> impurityImportance() const;
};

/// Answers of the trees that did not see a row.
struct OutOfBag {
    std::vector<std::uint32_t> rows; ///< those that some tree did not see
    std::vector<double> answers;     ///< {rows, outputs}
};

/// Grows a forest, a few trees at a time. The same settings and rows give the same forest with any number of threads.
class ForestGrowth {
public:
    /// @param targets  {table.rows()}: the class's number, or the value
    /// @param rows     of the table that are learned from
    /// @param outputs  classes (2 to kMostClasses), or 1 for a value. All of them outlive the growth
    ForestGrowth(
        const FeatureTable& table,
        std::span<const float> targets,
        std::vector<std::uint32_t> rows,
        int outputs,
        const ForestSettings& settings,
        int threads);
    ~ForestGrowth();

    static constexpr int kMostClasses = 256;

    /// `count` trees more, or as many as are missing, or fewer when it is interrupted: trees that are being grown then are
    /// finished if that takes a moment, else given up; they are grown anew by the next call.
    /// @param isInterrupted  asked before each tree and while it grows, on any thread; may be empty
    /// @param isEnough       asked before each tree, on any thread: no further one is begun then; may be empty
    void grow(int count, const std::function<bool()>& isInterrupted = {}, const std::function<bool()>& isEnough = {});
    /// Where there is no whole tree: what was grown of the first one before it was given up, its open questions as leaves.
    /// False: nothing.
    bool takeCutTree();
    /// What outOfBag() rests on, and with the forest all that growing needs to go on.
    struct Counts {
        std::vector<std::int64_t> sums;  ///< {table rows, outputs}
        std::vector<std::int64_t> votes; ///< {table rows}
    };
    Counts counts() const;
    /// Errors: InvalidInput for a forest or counts of another table.
    Result<void> restore(Forest forest, Counts counts);
    bool isComplete() const { return m_forest.trees.size() >= static_cast<std::size_t>(m_settings.trees); }
    const Forest& forest() const { return m_forest; }
    Forest take() { return std::move(m_forest); }
    OutOfBag outOfBag() const;

private:
    struct Sample {
        std::vector<std::uint32_t> rows;
        std::vector<std::uint32_t> weights; ///< empty: 1 each
        std::vector<std::uint32_t> unseen;
    };
    Sample drawSample(Random& random) const;
    template<typename Counts>
    std::size_t growWith(
        std::size_t first, std::size_t last, const std::function<bool()>& isInterrupted, const std::function<bool()>& isEnough);
    /// @param sign  -1: takes back what was counted
    void countUnseen(const Tree& tree, std::span<std::uint32_t> unseen, TreeDescent& descent, int sign);

    struct Binned;
    const FeatureTable& m_table;
    std::span<const float> m_targets;
    std::vector<std::uint32_t> m_rows;
    ForestSettings m_settings;
    int m_threads;
    double m_scale; ///< of the numbers that answers are summed as: whole ones, so that their order does not matter
    std::unique_ptr<Binned> m_binned;
    Forest m_forest;
    Tree m_cutTree; ///< no nodes: none
    std::mutex m_countsMutex;           ///< of m_sums and m_votes while trees grow
    std::vector<std::int64_t> m_sums;   ///< {table rows, outputs} of unseen rows
    std::vector<std::uint32_t> m_votes; ///< {table rows}
};

} // namespace ty::engine
