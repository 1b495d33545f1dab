#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cloud/azure/arm_client.h"
#include "cloud/provision/machine_info.h"

namespace ty::cloud {

/// All machines of a subscription with their states and addresses: four lists, however many machines there are.
Result<std::vector<MachineInfo>> azureMachines(
    azure::ArmClient& client, const std::string& subscription, std::stop_token stop);

} // namespace ty::cloud
