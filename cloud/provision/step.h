#pragma once

#include <cstdint>
#include <string>

#include "engine/base/json.h"

namespace ty::cloud {

/// One thing that an operation sees to. Every step can be done again: it says what shall be, not what to do.
struct Step {
    enum class Kind : std::uint8_t {
        Ensure, ///< the resource exists as `body` says
        Reach,  ///< the machine is in the state that `verb` leads to
        Act,    ///< a request that changes and cannot be looked at afterwards (restart); sent at most once
        Remove, ///< the resource does not exist
    };
    Kind kind = Kind::Ensure;
    std::string title;    ///< for the person, what is going on: "Creating network card"
    std::string resource; ///< the provider's path or link
    std::string verb;     ///< of Reach and Act: "deallocate", "start", "generalize"
    Json body;            ///< of Ensure, and parameters of Act
    /// Ensure: only resources that the operation itself made are removed when it is undone. A network that several machines
    /// share is not.
    bool isOurs = true;
    bool mayFail = false; ///< what was asked for is reached without it; why it failed is told all the same
    int patienceSeconds = 0; ///< Remove: how long "still in use" is waited for (network cards of failed machines: 180 s)
};

/// What a look at a step's resource found.
enum class Found : std::uint8_t {
    Absent,   ///< nothing there, or not in the state wanted: go
    Busy,     ///< on its way
    Done,     ///< as wanted
    Broken,   ///< there, but failed for good (provisioningState Failed)
    Foreign,  ///< there, of that name, and not made by this operation: never touched
};

} // namespace ty::cloud
