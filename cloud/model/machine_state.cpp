#include "cloud/model/machine_state.h"

#include <array>
#include <string_view>
#include <utility>

namespace ty::cloud {

namespace {

constexpr std::array<std::pair<MachineState, const char*>, 9> kNames{{
    {MachineState::Starting, "starting"},
    {MachineState::Running, "running"},
    {MachineState::Idle, "idle"},
    {MachineState::Stopping, "stopping"},
    {MachineState::StoppedBilled, "stopped-billed"},
    {MachineState::Off, "off"},
    {MachineState::Deleting, "deleting"},
    {MachineState::Failed, "failed"},
    {MachineState::Unknown, "unknown"},
}};

} // namespace

const char* machineStateName(MachineState state)
{
    for (const auto& [value, name] : kNames) {
        if (value == state) {
            return name;
        }
    }
    return "unknown";
}

MachineState machineStateFromName(const char* name)
{
    for (const auto& [value, known] : kNames) {
        if (std::string_view(known) == name) {
            return value;
        }
    }
    return MachineState::Unknown;
}

bool isBilled(MachineState state)
{
    return state != MachineState::Off && state != MachineState::Failed;
}

} // namespace ty::cloud
