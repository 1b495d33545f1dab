#include "engine/trees/boosting.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "engine/base/parallel_ranges.h"
#include "engine/base/random.h"
#include "engine/trees/binned_table.h"
#include "engine/trees/tree_descent.h"
#include "engine/trees/tree_grower.h"

namespace ty::engine {

namespace {

/// Adds a tree's answers to column `score` of {rows, scores}.
void addTree(
    const Tree& tree, const FeatureTable& table, std::size_t score, std::size_t scores, std::vector<double>& into, int threads)
{
    const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
        TreeDescent descent(table);
        std::vector<std::uint32_t> rows(last - first);
        std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
        descent.lead(tree, rows, [&](std::size_t leaf, std::span<const std::uint32_t> there) {
            for (const std::uint32_t row : there) {
                into[row * scores + score] += static_cast<double>(tree.values[leaf]);
            }
        });
        return {};
    };
    (void)parallelRanges(table.rows(), threads, work); // nothing in it can fail
}

} // namespace

std::vector<double> BoostedTrees::startsFor(std::size_t rows) const
{
    std::vector<double> made(rows * scores());
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i] = starts[i % scores()];
    }
    return made;
}

void BoostedTrees::addScores(
    const FeatureTable& table, std::size_t firstTree, std::size_t lastTree, std::vector<double>& into, int threads) const
{
    for (std::size_t t = firstTree; t < lastTree; ++t) {
        addTree(trees[t], table, t % scores(), scores(), into, threads);
    }
}

std::vector<double> BoostedTrees::toAnswers(const std::vector<double>& given) const
{
    if (classes == 0) {
        return given;
    }
    const auto width = static_cast<std::size_t>(classes);
    const std::size_t rows = given.size() / scores();
    std::vector<double> made(rows * width);
    for (std::size_t row = 0; row < rows; ++row) {
        double* const into = made.data() + row * width;
        if (classes == 2) {
            into[1] = 1 / (1 + std::exp(-given[row]));
            into[0] = 1 - into[1];
            continue;
        }
        const double* const from = given.data() + row * width;
        const double highest = *std::max_element(from, from + width);
        double sum = 0;
        for (std::size_t c = 0; c < width; ++c) {
            into[c] = std::exp(from[c] - highest);
            sum += into[c];
        }
        for (std::size_t c = 0; c < width; ++c) {
            into[c] /= sum;
        }
    }
    return made;
}

std::vector<double> BoostedTrees::answers(const FeatureTable& table, int threads) const
{
    std::vector<double> sums = startsFor(table.rows());
    addScores(table, 0, trees.size(), sums, threads);
    return toAnswers(sums);
}

std::vector<double> BoostedTrees::gainImportance() const
{
    std::vector<double> importance(features.size());
    double all = 0;
    for (const Tree& tree : trees) {
        for (std::size_t at = 0; at < tree.nodes.size(); ++at) {
            if (!tree.nodes[at].isLeaf()) {
                importance[static_cast<std::size_t>(tree.nodes[at].feature)] += static_cast<double>(tree.gains[at]);
                all += static_cast<double>(tree.gains[at]);
            }
        }
    }
    for (double& one : importance) {
        one = all > 0 ? one / all : 0;
    }
    return importance;
}

struct Boosting::Binned {
    BinnedTable table;
};

Boosting::Boosting(
    const FeatureTable& table, std::span<const float> targets, int classes, const BoostSettings& settings, int threads)
    : m_table(table)
    , m_targets(targets)
    , m_settings(settings)
    , m_threads(std::max(1, threads))
    , m_binned(std::make_unique<Binned>(Binned{BinnedTable(table, settings.bins, threads)}))
{
    m_trees.features = table.features();
    m_trees.classes = classes;
    const auto rows = static_cast<double>(std::max<std::size_t>(1, targets.size()));
    if (classes == 0) {
        m_trees.starts = {std::accumulate(targets.begin(), targets.end(), 0.0) / rows};
    } else {
        std::vector<double> shares(static_cast<std::size_t>(classes), 0);
        for (const float target : targets) {
            shares[static_cast<std::size_t>(target)] += 1 / rows;
        }
        for (double& share : shares) {
            share = std::log(std::max(share, 1e-9));
        }
        m_trees.starts = classes == 2 ? std::vector{shares[1] - shares[0]} : shares;
    }
    const std::size_t scores = m_trees.scores();
    m_scores = m_trees.startsFor(targets.size());
    m_first.assign(scores, std::vector<float>(targets.size()));
    m_second.assign(scores, std::vector<float>(targets.size(), 1.0F));
}

Boosting::~Boosting() = default;

void Boosting::findDerivatives(std::size_t score)
{
    const std::vector<double> answers = m_trees.toAnswers(m_scores);
    const auto width = static_cast<std::size_t>(std::max(1, m_trees.classes));
    const std::size_t asked = m_trees.classes == 2 ? 1 : score; // of two classes the score is the second one's
    for (std::size_t row = 0; row < m_targets.size(); ++row) {
        const double answer = answers[row * width + (m_trees.classes == 0 ? 0 : asked)];
        if (m_trees.classes == 0) {
            m_first[score][row] = static_cast<float>(answer - static_cast<double>(m_targets[row]));
            continue;
        }
        const double truth = static_cast<std::size_t>(m_targets[row]) == asked ? 1 : 0;
        m_first[score][row] = static_cast<float>(answer - truth);
        m_second[score][row] = static_cast<float>(std::max(answer * (1 - answer), 1e-12));
    }
}

bool Boosting::grow(const std::function<bool()>& isInterrupted)
{
    const std::size_t scores = m_trees.scores();
    for (std::size_t score = 0; score < scores; ++score) {
        findDerivatives(score);
    }
    std::vector<Tree> grown(scores);
    std::atomic<bool> isCutShort = false;
    const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
        for (std::size_t score = first; score < last; ++score) {
            Random random(m_settings.seed, static_cast<std::uint64_t>(m_rounds) * scores + score);
            std::vector<std::uint32_t> rows;
            for (std::uint32_t row = 0; row < m_targets.size(); ++row) {
                if (m_settings.rows >= 1 || random.uniform() < m_settings.rows) {
                    rows.push_back(row);
                }
            }
            TreeSettings settings;
            settings.maxDepth = m_settings.maxDepth;
            settings.leafSamples = m_settings.leafSamples;
            const auto share = static_cast<int>(m_settings.features * static_cast<double>(m_table.features().size()));
            settings.features = std::max(1, share);
            const DerivativeCounts counts(m_second[score], m_settings.penalty, m_settings.rate);
            TreeGrower<DerivativeCounts> grower(m_binned->table, m_first[score], 1, settings, counts);
            grown[score] = grower.grow(rows, {}, random, isInterrupted);
            if (grower.isCutShort()) {
                isCutShort = true;
                break;
            }
        }
        return {};
    };
    (void)parallelRanges(scores, m_threads, work); // nothing in it can fail
    if (isCutShort) {
        return false;
    }
    for (std::size_t score = 0; score < scores; ++score) {
        addTree(grown[score], m_table, score, scores, m_scores, m_threads);
        m_trees.trees.push_back(std::move(grown[score]));
    }
    ++m_rounds;
    return true;
}

Result<void> Boosting::restore(std::vector<Tree> trees)
{
    const std::size_t scores = m_trees.scores();
    if (trees.size() % scores != 0 || trees.size() / scores > static_cast<std::size_t>(m_settings.rounds)) {
        return Error{ErrorKind::InvalidInput, "the rounds that were grown before do not fit the table", {}};
    }
    m_rounds = static_cast<int>(trees.size() / scores);
    m_trees.trees = std::move(trees);
    m_trees.addScores(m_table, 0, m_trees.trees.size(), m_scores, m_threads); // as they were added round by round
    return {};
}

void Boosting::keepRounds(int rounds)
{
    m_rounds = std::min(m_rounds, rounds);
    m_trees.trees.resize(static_cast<std::size_t>(m_rounds) * m_trees.scores());
}

} // namespace ty::engine
