#include "engine/sequences/hidden_markov.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "engine/base/random.h"

namespace ty::engine {

namespace {

constexpr double kTiniest = 1e-300; ///< a density that is 0 in float64 is not impossible

double densityOf(const HiddenMarkov& model, std::size_t state, double shown)
{
    if (model.symbols > 0) {
        return model.shows[state * model.symbols + static_cast<std::size_t>(shown)];
    }
    const double scaled = (shown - model.means[state]) / model.deviations[state];
    return std::max(kTiniest, std::exp(-0.5 * scaled * scaled) / (model.deviations[state] * std::sqrt(2 * std::numbers::pi)));
}

/// Forward and backward probabilities of a sequence, scaled so that those of each place sum to 1.
struct Lattice {
    std::vector<double> densities; ///< {length, states}
    std::vector<double> forward;   ///< {length, states}
    std::vector<double> backward;  ///< {length, states}
    std::vector<double> scales;    ///< {length}
    double logLikelihood = 0;

    Lattice(const HiddenMarkov& model, std::span<const double> sequence)
        : densities(sequence.size() * model.states), forward(densities.size()), backward(densities.size(), 1.0), scales(sequence.size())
    {
        const std::size_t states = model.states;
        for (std::size_t t = 0; t < sequence.size(); ++t) {
            double sum = 0;
            for (std::size_t s = 0; s < states; ++s) {
                densities[t * states + s] = densityOf(model, s, sequence[t]);
                double into = t == 0 ? model.starts[s] : 0;
                for (std::size_t from = 0; t > 0 && from < states; ++from) {
                    into += forward[(t - 1) * states + from] * model.steps[from * states + s];
                }
                forward[t * states + s] = into * densities[t * states + s];
                sum += forward[t * states + s];
            }
            scales[t] = std::max(sum, kTiniest);
            logLikelihood += sum > 0 ? std::log(sum) : -std::numeric_limits<double>::infinity();
            for (std::size_t s = 0; s < states; ++s) {
                forward[t * states + s] /= scales[t];
            }
        }
        for (std::size_t t = sequence.size(); t-- > 1;) {
            for (std::size_t s = 0; s < states; ++s) {
                double sum = 0;
                for (std::size_t to = 0; to < states; ++to) {
                    sum += model.steps[s * states + to] * densities[t * states + to] * backward[t * states + to];
                }
                backward[(t - 1) * states + s] = sum / scales[t];
            }
        }
    }
};

void normalise(std::span<double> values)
{
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    for (double& value : values) {
        value = sum > 0 ? value / sum : 1.0 / static_cast<double>(values.size());
    }
}

/// Mean and variance of all numbers.
std::pair<double, double> momentsOf(const std::vector<std::vector<double>>& sequences)
{
    double sum = 0;
    double squares = 0;
    double count = 0;
    for (const auto& sequence : sequences) {
        for (const double shown : sequence) {
            sum += shown;
            squares += shown * shown;
            ++count;
        }
    }
    const double mean = sum / count;
    return {mean, std::max(1e-12, squares / count - mean * mean)};
}

HiddenMarkov beginning(const std::vector<std::vector<double>>& sequences, const HiddenMarkovSettings& settings, Random& random)
{
    HiddenMarkov model;
    model.states = settings.states;
    model.symbols = settings.symbols;
    const auto draw = [&random](std::vector<double>& values, std::size_t rows, std::size_t width) {
        values.resize(rows * width);
        for (double& value : values) {
            value = 0.5 + random.uniform();
        }
        for (std::size_t row = 0; row < rows; ++row) {
            normalise(std::span(values).subspan(row * width, width));
        }
    };
    draw(model.starts, 1, settings.states);
    draw(model.steps, settings.states, settings.states);
    if (settings.symbols > 0) {
        draw(model.shows, settings.states, settings.symbols);
        return model;
    }
    const double deviation = std::sqrt(momentsOf(sequences).second);
    for (std::size_t s = 0; s < settings.states; ++s) {
        const auto& sequence = sequences[random.below(sequences.size())];
        model.means.push_back(sequence[random.below(sequence.size())]);
        model.deviations.push_back(deviation);
    }
    return model;
}

} // namespace

double HiddenMarkov::logLikelihood(std::span<const double> sequence) const
{
    return Lattice(*this, sequence).logLikelihood;
}

std::vector<double> HiddenMarkov::stateProbabilities(std::span<const double> sequence) const
{
    const Lattice lattice(*this, sequence);
    std::vector<double> made(lattice.forward.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i] = lattice.forward[i] * lattice.backward[i];
    }
    for (std::size_t t = 0; t < sequence.size(); ++t) {
        normalise(std::span(made).subspan(t * states, states));
    }
    return made;
}

std::vector<std::uint32_t> HiddenMarkov::likeliestStates(std::span<const double> sequence, double* logProbability) const
{
    if (sequence.empty()) {
        return {};
    }
    std::vector<double> best(sequence.size() * states);
    std::vector<std::uint32_t> cameFrom(sequence.size() * states);
    for (std::size_t t = 0; t < sequence.size(); ++t) {
        for (std::size_t s = 0; s < states; ++s) {
            double most = t == 0 ? std::log(starts[s]) : -std::numeric_limits<double>::infinity();
            for (std::size_t from = 0; t > 0 && from < states; ++from) {
                const double way = best[(t - 1) * states + from] + std::log(steps[from * states + s]);
                if (way > most) {
                    most = way;
                    cameFrom[t * states + s] = static_cast<std::uint32_t>(from);
                }
            }
            best[t * states + s] = most + std::log(densityOf(*this, s, sequence[t]));
        }
    }
    const auto last = best.end() - static_cast<std::ptrdiff_t>(states);
    const auto end = std::max_element(last, best.end());
    if (logProbability != nullptr) {
        *logProbability = *end;
    }
    std::vector<std::uint32_t> way(sequence.size(), static_cast<std::uint32_t>(end - last));
    for (std::size_t t = sequence.size(); t-- > 1;) {
        way[t - 1] = cameFrom[t * states + way[t]];
    }
    return way;
}

HiddenMarkov improve(
    const HiddenMarkov& model, const std::vector<std::vector<double>>& sequences, double leastVariance, double& logLikelihood)
{
    const std::size_t states = model.states;
    HiddenMarkov next = model;
    std::fill(next.starts.begin(), next.starts.end(), 0.0);
    std::fill(next.steps.begin(), next.steps.end(), 0.0);
    std::fill(next.shows.begin(), next.shows.end(), 0.0);
    std::vector<double> weights(states);
    std::vector<double> sums(states);
    std::vector<double> squares(states);
    logLikelihood = 0;
    for (const auto& sequence : sequences) {
        const Lattice lattice(model, sequence);
        logLikelihood += lattice.logLikelihood;
        for (std::size_t t = 0; t < sequence.size(); ++t) {
            for (std::size_t s = 0; s < states; ++s) {
                const double here = lattice.forward[t * states + s] * lattice.backward[t * states + s];
                if (t == 0) {
                    next.starts[s] += here;
                }
                if (model.symbols > 0) {
                    next.shows[s * model.symbols + static_cast<std::size_t>(sequence[t])] += here;
                } else {
                    const double apart = sequence[t] - model.means[s]; // from the old mean: nothing is lost where numbers are large
                    weights[s] += here;
                    sums[s] += here * apart;
                    squares[s] += here * apart * apart;
                }
                for (std::size_t to = 0; t + 1 < sequence.size() && to < states; ++to) {
                    const std::size_t after = (t + 1) * states + to;
                    next.steps[s * states + to] += lattice.forward[t * states + s] * model.steps[s * states + to] * lattice.densities[after]
                        * lattice.backward[after] / lattice.scales[t + 1];
                }
            }
        }
    }
    normalise(next.starts);
    for (std::size_t s = 0; s < states; ++s) {
        normalise(std::span(next.steps).subspan(s * states, states));
        if (model.symbols > 0) {
            normalise(std::span(next.shows).subspan(s * model.symbols, model.symbols));
        } else if (weights[s] > 0) {
            const double shift = sums[s] / weights[s];
            next.means[s] = model.means[s] + shift;
            next.deviations[s] = std::sqrt(std::max(leastVariance, squares[s] / weights[s] - shift * shift));
        }
    }
    return next;
}

Result<HiddenMarkov> fitHiddenMarkov(
    const std::vector<std::vector<double>>& sequences, const HiddenMarkovSettings& settings, const HiddenMarkovTold& told,
    const HiddenMarkovState* from)
{
    double observations = 0;
    for (const auto& sequence : sequences) {
        observations += static_cast<double>(sequence.size());
        for (const double shown : sequence) {
            const bool isKnown = settings.symbols == 0 ? std::isfinite(shown) : shown >= 0 && shown < static_cast<double>(settings.symbols);
            if (!isKnown) {
                return Error{ErrorKind::InvalidInput, fmt::format("{} is no observation that the model knows", shown), {}};
            }
        }
        if (sequence.empty()) {
            return Error{ErrorKind::InvalidInput, "a sequence has no observation", {}};
        }
    }
    if (sequences.empty() || settings.states < 1) {
        return Error{ErrorKind::InvalidInput, "there is no sequence to learn from", {}};
    }
    const double leastVariance = settings.symbols > 0 ? 0 : settings.floor * momentsOf(sequences).second;
    constexpr double kNothing = -std::numeric_limits<double>::infinity();
    HiddenMarkovState state;
    state.bestLikelihood = kNothing;
    if (from != nullptr) {
        state = *from;
    }
    const int first = state.restart;
    bool goesOn = true;
    for (; state.restart < std::max(1, settings.restarts) && goesOn; ++state.restart) {
        if (from == nullptr || state.restart > first) {
            Random random(settings.seed, static_cast<std::uint64_t>(state.restart));
            state.model = beginning(sequences, settings, random);
            state.before = kNothing;
            state.pass = 1;
        }
        for (; state.pass <= settings.mostPasses && goesOn; ++state.pass) {
            double likelihood = 0;
            HiddenMarkov next = improve(state.model, sequences, leastVariance, likelihood);
            if (likelihood > state.bestLikelihood || state.best.states == 0) {
                state.bestLikelihood = likelihood;
                state.best = state.model;
            }
            TY_TRY(goesOn, told(likelihood, state));
            if (likelihood - state.before <= settings.tolerance * observations) {
                break;
            }
            state.before = likelihood;
            state.model = std::move(next);
        }
    }
    return std::move(state.best);
}

} // namespace ty::engine
