#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/specs/machine.h"

namespace ty::engine::specs {

using StateIndex = std::uint32_t;

/// A state before, an operation and a state after; parameters are left out, so each stands once.
struct Transition {
    StateIndex before = 0;
    StateIndex after = 0;
    std::uint32_t operation = 0;
};

/// A state in which an invariant does not hold.
struct Violation {
    StateIndex state = 0;
    std::uint32_t invariant = 0;
};

/// An expression without a value, met while a state was expanded or tested.
struct StateProblem {
    StateIndex state = 0;
    std::int32_t operation = -1; ///< -1: an invariant
    Place place;
    std::string message;
};

/// All that a machine can reach from its initial states, in the order of discovery (breadth first), or the part of it that was
/// explored before a limit.
struct StateSpace {
    std::int32_t stateWords = 0;
    std::vector<Number> words; ///< the states, one after the other
    std::vector<Transition> transitions; ///< by state before, then operation
    std::vector<StateIndex> initialStates;
    std::vector<StateIndex> deadEnds; ///< explored states that no operation leaves
    std::vector<Violation> violations;
    std::vector<StateProblem> problems; ///< the first at each place
    std::vector<Transition> reachedBy; ///< for each state, the transition that found it; of an initial state `before` is itself
    bool isWhole = true; ///< false: a limit or a stop ended it
    std::string limit;   ///< which: "1,000,000 states"
    double seconds = 0;

    StateIndex stateCount() const { return static_cast<StateIndex>(reachedBy.size()); }
    const Number* state(StateIndex index) const { return words.data() + std::size_t{index} * static_cast<std::size_t>(stateWords); }
    /// From an initial state to this one: the transitions in order.
    std::vector<Transition> pathTo(StateIndex index) const;
};

struct ExplorationLimits {
    std::uint32_t states = 1'000'000;
    std::uint64_t transitions = 20'000'000;
    std::uint64_t tries = 10'000'000'000; ///< values tried for parameters and other bound names
};

/// Explores a machine. `progress` is told the states found and those still to explore, a few times a second; may be empty.
/// A stop gives what was found so far with isWhole false. Any thread; uses one.
/// Errors: InvalidInput where the initialisation has no outcome or no value; OutOfMemory.
Result<StateSpace> explore(
    const Machine& machine, const ExplorationLimits& limits = {},
    const std::function<void(StateIndex found, StateIndex open)>& progress = {}, std::stop_token stop = {});

} // namespace ty::engine::specs
