#include "engine/specs/findings.h"

#include <algorithm>

namespace ty::engine::specs {

Findings findingsOf(const Machine& machine, const StateSpace& space)
{
    Findings findings;
    findings.transitions.resize(machine.operations.size());
    for (const auto& transition : space.transitions) {
        ++findings.transitions[transition.operation];
    }
    for (const auto& violation : space.violations) {
        auto known = std::find_if(findings.broken.begin(), findings.broken.end(), [&](const BrokenInvariant& one) {
            return one.invariant == violation.invariant;
        });
        if (known == findings.broken.end()) {
            known = findings.broken.insert(known, {violation.invariant, violation.state, 0});
        }
        ++known->states;
    }
    return findings;
}

} // namespace ty::engine::specs
