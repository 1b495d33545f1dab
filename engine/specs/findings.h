#pragma once

#include <cstdint>
#include <vector>

#include "engine/specs/state_space.h"

namespace ty::engine::specs {

/// An invariant that does not hold everywhere.
struct BrokenInvariant {
    std::uint32_t invariant = 0;
    StateIndex first = 0; ///< the state found first, so the way there is shortest
    std::uint64_t states = 0;
};

/// What people ask of a state space, counted once.
struct Findings {
    std::vector<std::uint64_t> transitions; ///< of each operation
    std::vector<BrokenInvariant> broken;    ///< in the order in which they were met
};

/// Goes through all transitions and violations. Any thread.
Findings findingsOf(const Machine& machine, const StateSpace& space);

} // namespace ty::engine::specs
