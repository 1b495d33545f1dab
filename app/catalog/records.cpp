#include "app/catalog/records.h"

#include <array>
#include <cstddef>

namespace ty::catalog {

namespace {

constexpr std::array<const char*, 7> kStateNames
    = {"queued", "running", "paused", "finished", "failed", "stopped", "interrupted"};

} // namespace

const char* runStateName(RunState state)
{
    return kStateNames.at(static_cast<std::size_t>(state));
}

RunState runStateFromName(const std::string& name)
{
    for (std::size_t i = 0; i < kStateNames.size(); ++i) {
        if (name == kStateNames[i]) {
            return static_cast<RunState>(i);
        }
    }
    return RunState::Interrupted;
}

} // namespace ty::catalog
