#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/specs/machine.h"

namespace ty::engine::specs {

/// What a machine says of a transition that somebody wrote down.
struct TransitionVerdict {
    bool isPossible = false;
    std::size_t outcomes = 0;           ///< different states that the operation can lead to; 0: it cannot run there
    std::vector<std::string> someOutcomes; ///< the first of them, as stateWords() writes them
    std::string problem;                ///< why nothing can be said: an expression without a value; empty: none
};

/// Runs the operation once, in every way, in the state `before`; neither state need be reachable. Any thread.
/// @param operation  below machine.operations.size()
/// @param before, after  machine.stateWords words each
TransitionVerdict checkTransition(const Machine& machine, std::size_t operation, const Number* before, const Number* after);

} // namespace ty::engine::specs
