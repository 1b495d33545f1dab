#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/base/result.h"

namespace ty::engine {

/// A chain of hidden states, each of which shows something: one of some symbols, or a number from a normal distribution.
struct HiddenMarkov {
    std::size_t states = 0;
    std::size_t symbols = 0;          ///< 0: numbers
    std::vector<double> starts;       ///< {states}: probabilities of the first state
    std::vector<double> steps;        ///< {states, states}: from a state (row) to the next
    std::vector<double> shows;        ///< {states, symbols}; of numbers empty
    std::vector<double> means;        ///< {states}; of symbols empty
    std::vector<double> deviations;   ///< {states}

    /// Logarithm of the probability (density) of the sequence. Observations: symbols' numbers, or numbers.
    double logLikelihood(std::span<const double> sequence) const;
    /// The likeliest way through the states. Source: Viterbi, Error Bounds for Convolutional Codes (1967).
    /// @param logProbability  of the way together with the sequence; may be null
    std::vector<std::uint32_t> likeliestStates(std::span<const double> sequence, double* logProbability = nullptr) const;
    /// {length, states}: the probability of each state at each place, given the whole sequence.
    std::vector<double> stateProbabilities(std::span<const double> sequence) const;
};

struct HiddenMarkovSettings {
    std::size_t states = 2;
    std::size_t symbols = 0;    ///< 0: numbers
    int restarts = 5;           ///< the best of so many beginnings
    int mostPasses = 200;
    double tolerance = 1e-6;    ///< of the growth of the log-likelihood of an observation
    double floor = 1e-3;        ///< least variance, as a part of that of all numbers
    std::uint64_t seed = 1;
};

/// All that the passes need to go on.
struct HiddenMarkovState {
    int restart = 0;
    int pass = 0;             ///< at hand; from 1 on
    double before = 0;        ///< log-likelihood of the pass before; minus infinity: there was none
    HiddenMarkov model;       ///< as the pass begins with it
    HiddenMarkov best;        ///< of all passes; no states: none
    double bestLikelihood = 0;
};

/// Told after each pass: the log-likelihood of all sequences, and where it stands. False: what there is is enough.
using HiddenMarkovTold = std::function<Result<bool>(double logLikelihood, const HiddenMarkovState& state)>;

/// One pass of learning: the model that fits the sequences better, as the old one explains them.
/// @param logLikelihood  of the sequences under the old one
HiddenMarkov improve(
    const HiddenMarkov& model, const std::vector<std::vector<double>>& sequences, double leastVariance, double& logLikelihood);

/// Baum-Welch from random beginnings. Errors: InvalidInput without an observation or for a symbol out of range.
/// Source: Rabiner, A Tutorial on Hidden Markov Models (1989), sections III and V (scaling).
/// @param from  where to go on, with the same sequences and settings; null: at the beginning
Result<HiddenMarkov> fitHiddenMarkov(
    const std::vector<std::vector<double>>& sequences, const HiddenMarkovSettings& settings, const HiddenMarkovTold& told,
    const HiddenMarkovState* from = nullptr);

} // namespace ty::engine
