#pragma once

#include <cstdint>

namespace ty::cloud {

/// What a machine is doing, in the words that the window shows; every provider's states are brought to these.
enum class MachineState : std::uint8_t {
    Starting,
    Running,
    Idle, ///< running, but nothing works on it; the provider does not know this, our own measurement does
    Stopping,
    StoppedBilled, ///< powered off with its processors still reserved, which costs as much as running
    Off,           ///< only its disks and addresses cost
    Deleting,
    Failed,
    Unknown,
};

/// Stable name for JSON and the catalog: "running", "stopped-billed".
const char* machineStateName(MachineState state);
/// Inverse of machineStateName; Unknown for other names.
MachineState machineStateFromName(const char* name);
/// Whether the processors of a machine in that state are paid for. Unknown counts as billed: never promise too little.
bool isBilled(MachineState state);

} // namespace ty::cloud
