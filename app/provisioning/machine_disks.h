#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_session.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

/// A disk of a machine as its provider tells it. Numbers that it does not tell are empty.
struct DiskFacts {
    std::string id;
    std::string name;
    bool isSystem = false;
    std::string kind; ///< "Premium_LRS", "pd-balanced"
    std::optional<std::int64_t> sizeGiB;
    std::optional<std::int64_t> iops;
    std::optional<std::int64_t> megabytesPerSecond;
    std::string created; ///< UTC
};

/// The system disk first; one request a disk. A disk that cannot be read has its name alone. Blocks.
/// Errors: those of the first question, when none can be read.
Result<std::vector<DiskFacts>> readDisks(
    CloudSession& session, const cloud::MachineInfo& machine, std::stop_token stop);

/// What the machine costs as it is: its size, the disks it has (made by us or not), its address. Lines per disk carry its
/// name. Blocks.
Result<cloud::CostTable> readMachineCost(
    CloudSession& session, const cloud::MachineInfo& machine, const std::vector<DiskFacts>& disks,
    const std::string& currency, std::stop_token stop);

/// The machine as a request for the price list, or for another one like it: size, place, disks; no key, no firewall.
cloud::MachineRequest requestLike(const cloud::MachineInfo& machine, const std::vector<DiskFacts>& disks);

} // namespace ty::app
