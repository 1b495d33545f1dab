#pragma once

#include <cstddef>
#include <vector>

#include "engine/nn/step_profile.h"

namespace ty::engine {

/// Floors of a step, measured in turns with its times: both meet the same weather on a shared machine.
class StepFloors {
public:
    /// @param bytesPerSecond  speed of memory in this turn
    /// @param stepSeconds     a step in this turn
    void add(StepProfile profile, double bytesPerSecond, double stepSeconds);

    // Preconditions: a floor was added; all profiles are of the same step.
    StepProfile profile() const;     ///< each node's median over the turns
    double bytesPerSecond() const;   ///< median
    double seconds() const;          ///< the floor of both
    double ratio() const;            ///< median over the turns of a turn's step, divided by its own floor

private:
    std::vector<StepProfile> m_profiles;
    std::vector<double> m_speeds;
    std::vector<double> m_ratios;
};

} // namespace ty::engine
