#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "app/provisioning/cloud_session.h"
#include "app/provisioning/nearest_region.h"
#include "app/provisioning/own_images.h"
#include "cloud/azure/sku.h"
#include "cloud/provision/machine_info.h"

namespace ty::app {

struct CloudRegion {
    std::string name;        ///< "westeurope", at Google "europe-west4"
    std::string displayName; ///< "West Europe"
    std::vector<std::string> zones;
};

/// What a form for a new machine needs to know before its first field.
struct MachineBasics {
    std::string provider; ///< "azure" or "google"
    std::string account;
    std::string scope; ///< subscription or project
    bool isSandbox = false;
    std::vector<CloudRegion> regions; ///< by displayed name
    std::string roleProblem;          ///< why the account may not make machines; empty: it may, or its cloud does not tell
    std::vector<OwnImage> images;     ///< by name
    std::string publicKey;            ///< the line that new machines get
    std::vector<std::string> agentKeys;   ///< the person's own, as the running SSH agent tells them
    std::optional<NearRegion> nearRegion; ///< to this computer; nothing: its time zone does not tell
    std::string timeZone;                 ///< by which that is known
};

/// A size in one region, and whether it can be had there.
struct OfferedSize {
    cloud::azure::VmSize size;
    cloud::azure::SizeOffer offer;
    std::optional<std::int64_t> coresLeft; ///< of its quota; nothing: the provider does not tell
    std::string unfit; ///< why the machine that is to change cannot have it; empty: it can, or there is none

    /// Empty when it can be asked for.
    std::string obstacle() const;
};

/// A kind of GPU that can be attached to general machine types of Google.
struct OfferedAccelerator {
    std::string name;        ///< "nvidia-tesla-t4"
    std::string description; ///< "NVIDIA T4"
    std::vector<std::string> zones;
    int mostInOne = 1; ///< in one machine
    std::optional<std::int64_t> left; ///< of its quota in the region; nothing: the provider does not tell
};

// Questions to the account's cloud. Each blocks.

/// By displayed name.
Result<std::vector<CloudRegion>> readRegions(CloudSession& session, std::stop_token stop);
Result<MachineBasics> readBasics(CloudSession& session, const catalog::Paths& paths, std::stop_token stop);
/// By family and number of processors.
Result<std::vector<OfferedSize>> readSizes(
    CloudSession& session, const std::string& region, bool isSpot, std::stop_token stop);
/// None on Azure, whose GPUs come with their sizes.
Result<std::vector<OfferedAccelerator>> readAccelerators(
    CloudSession& session, const std::string& region, bool isSpot, std::stop_token stop);

/// The sizes of a machine's region as what it may change to: others of another processor, without room for its data disks
/// or not in its zone say so. What the machine holds of its quota counts as free.
Result<std::vector<OfferedSize>> readSizesFor(
    CloudSession& session, const cloud::MachineInfo& machine, std::stop_token stop);
/// The same without asking: `sizes` of the machine's region.
std::vector<OfferedSize> sizesFor(const cloud::MachineInfo& machine, std::vector<OfferedSize> sizes);

} // namespace ty::app
