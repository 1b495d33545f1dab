#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/trees/forest.h"

namespace ty::engine {

struct BoostSettings {
    int rounds = 100;
    double rate = 0.1;    ///< by which each tree's answers are shortened
    int maxDepth = 6;
    int leafSamples = 20;
    double penalty = 1;   ///< on the squares of the trees' answers
    double features = 1;  ///< share of the columns that a tree's questions are chosen from, drawn anew for each question
    double rows = 1;      ///< share of the rows that a tree sees
    int bins = 255;
    std::uint64_t seed = 1;
};

/// Trees whose answers are summed. Two classes have one score, that of the second; more have one each; a value is its own.
struct BoostedTrees {
    std::vector<Feature> features;
    int classes = 0;                 ///< 0: a value
    std::vector<double> starts;      ///< {scores}
    std::vector<Tree> trees;         ///< round by round, a tree a score

    std::size_t scores() const { return starts.size(); }
    /// {rows, classes} probabilities or {rows} values.
    std::vector<double> answers(const FeatureTable& table, int threads) const;
    /// {rows, scores}: the starts, to which addScores() adds what trees say.
    std::vector<double> startsFor(std::size_t rows) const;
    void addScores(
        const FeatureTable& table, std::size_t firstTree, std::size_t lastTree, std::vector<double>& into, int threads) const;
    /// The answers that scores mean.
    std::vector<double> toAnswers(const std::vector<double>& scores) const;
    /// {features}, sum 1 unless nothing was split: fall of the loss that the features' questions brought.
    std::vector<double> gainImportance() const;
};

/// Grows trees that correct one another: logistic loss for classes, squared errors for values. The same settings and rows give
/// the same trees with any number of threads.
/// Source: Friedman, Greedy Function Approximation: A Gradient Boosting Machine (2001); second derivatives as XGBoost.
class Boosting {
public:
    /// @param targets  {table.rows()}: class numbers or values, @param classes  0: values
    Boosting(const FeatureTable& table, std::span<const float> targets, int classes, const BoostSettings& settings, int threads);
    ~Boosting();

    /// A round more. False: it was interrupted, and nothing has changed.
    /// @param isInterrupted  asked while trees grow, on any thread; may be empty
    bool grow(const std::function<bool()>& isInterrupted = {});
    /// Goes on after these rounds. Errors: InvalidInput for trees of another table.
    Result<void> restore(std::vector<Tree> trees);
    int rounds() const { return m_rounds; }
    const BoostedTrees& trees() const { return m_trees; }
    /// {rows, scores} of the rows that are learned from, after the last round.
    const std::vector<double>& scores() const { return m_scores; }
    BoostedTrees take() { return std::move(m_trees); }
    /// Forgets the rounds after the first `rounds`.
    void keepRounds(int rounds);

private:
    void findDerivatives(std::size_t score);

    const FeatureTable& m_table;
    std::span<const float> m_targets;
    BoostSettings m_settings;
    int m_threads;
    int m_rounds = 0;
    struct Binned;
    std::unique_ptr<Binned> m_binned;
    BoostedTrees m_trees;
    std::vector<double> m_scores; ///< {rows, scores}
    std::vector<std::vector<float>> m_first;  ///< {scores}{rows}: derivatives of the loss
    std::vector<std::vector<float>> m_second;
};

} // namespace ty::engine
