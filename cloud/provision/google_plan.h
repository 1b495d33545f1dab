#pragma once

#include <string>
#include <vector>

#include "cloud/provision/machine_request.h"
#include "cloud/provision/marks.h"
#include "cloud/provision/operation_runner.h"

namespace ty::cloud {

/// The paths ("projects/P/zones/Z/instances/N") of all that belongs to one machine of Compute Engine. Computed from its name
/// and the mark of its creation alone.
struct GoogleMachinePaths {
    GoogleMachinePaths(const MachineRequest& request, const std::string& mark);

    std::string machine;
    std::string openRule;   ///< lets those in who may knock
    std::string closedRule; ///< keeps all others out, whom the default network would let in
    std::string networkTag; ///< of the machine, which the rules are for
    /// Has a part of the mark in its name: the machine's creation makes it, so no look can come first.
    std::string osDisk;
    std::vector<std::string> dataDisks;
};

/// Firewall rules, data disks, machine; undone in the opposite order. `startup`: the start-up script.
Plan googleCreation(const MachineRequest& request, const std::string& mark, const std::string& startup);

/// Everything that the creation made but data disks that are to be kept.
Plan googleDeletion(const MachineRequest& request, const std::string& mark);

/// "start" or "stop": the machine is in that state afterwards. A stopped one costs its disks alone.
Plan googlePower(const std::string& machinePath, const std::string& verb);
/// Restarts it hard; done once.
Plan googleReset(const std::string& machinePath);
/// Stops the machine, changes its type and starts it again if it ran.
Plan googleResize(const std::string& machinePath, const std::string& machineType, bool wasRunning);
/// The machine has these labels afterwards, and no others.
Plan googleLabels(const std::string& machinePath, const TextMap& labels);
/// An image of the machine's system disk: the machine is stopped for it, and starts again if it ran.
Plan googleCapture(
    const MachineRequest& request, const std::string& machinePath, const std::string& osDiskPath, const std::string& imageName,
    const std::string& mark, bool wasRunning);

/// A machine image: all disks and settings of the machine as it is. It is stopped for it, and starts again if it ran.
Plan googleSpecializedCapture(
    const MachineRequest& request, const std::string& machinePath, const std::string& imageName, const std::string& mark,
    bool wasRunning);

/// "us-central1-a" of a path with a zone; empty without.
std::string zoneOfPath(const std::string& path);

} // namespace ty::cloud
