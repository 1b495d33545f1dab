#pragma once

#include <string>

#include "cloud/azure/resource.h"
#include "cloud/provision/machine_request.h"
#include "cloud/provision/marks.h"
#include "cloud/provision/operation_runner.h"

namespace ty::cloud {

/// The ids of all that belongs to one Azure machine. Computed from its name and the mark of its creation alone.
struct AzureMachineIds {
    AzureMachineIds(const MachineRequest& request, const std::string& mark);

    std::string group; ///< of the resource group itself
    std::string securityGroup;
    std::string network;
    std::string subnet;
    std::string publicIp;
    std::string networkInterface;
    /// Has a part of the mark in its name: the machine's creation makes the disk, so no look can come first, and a disk of
    /// that name must not be anybody's.
    std::string osDisk;
    std::vector<std::string> dataDisks;
    std::string machine;
    /// The right of the machine's identity to release the machine; empty where nothing stops it by itself. Named by the mark.
    std::string grant;
};

/// Group, firewall, network, address, card, data disks, machine; undone in the opposite order. `cloudInit` is the start-up
/// script, not encoded.
Plan azureCreation(const MachineRequest& request, const std::string& mark, const std::string& cloudInit);

/// Everything that the creation made but data disks that are to be kept; the resource group stays.
Plan azureDeletion(const MachineRequest& request, const std::string& mark);

/// "start", "deallocate", "powerOff": the machine is in that state afterwards.
Plan azurePower(const std::string& machineId, const std::string& verb);
/// "restart", "redeploy", "reimage": done once.
Plan azureAction(const std::string& machineId, const std::string& verb);
/// Stops the machine, changes its size and starts it again if it ran.
Plan azureResize(const std::string& machineId, const std::string& size, bool wasRunning);
/// The machine has these tags and no others.
Plan azureTags(const std::string& machineId, const TextMap& tags);
/// A managed image of a machine, which can never start again: it is stopped and generalised first.
Plan azureCapture(
    const MachineRequest& request, const std::string& machineId, const std::string& imageName, const std::string& mark);

/// Where a version of an image is to stand: in a gallery of the machine's group.
struct GalleryPlace {
    std::string gallery;
    std::string image;
    std::string version;
    bool isImageThere = false; ///< with other versions: it stays when this one is taken back
};

/// A copy of the machine as it is, as a version of an image in a gallery: users, keys and programs stay. The machine is stopped
/// for it, and starts again if it ran.
Plan azureSpecializedCapture(
    const MachineRequest& request, const std::string& machineId, const GalleryPlace& place, const std::string& mark,
    bool wasRunning);

} // namespace ty::cloud
