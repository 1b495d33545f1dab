#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cloud/gcp/compute_client.h"
#include "cloud/provision/machine_info.h"

namespace ty::cloud {

/// All machines of a project, with their states and addresses: one list over all zones. `id` is the machine's path.
Result<std::vector<MachineInfo>> googleMachines(
    gcp::ComputeClient& client, const std::string& project, std::stop_token stop);

/// One machine as our table has it.
MachineInfo googleMachineInfo(const gcp::Instance& instance, const std::string& project);

} // namespace ty::cloud
