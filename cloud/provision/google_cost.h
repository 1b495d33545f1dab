#pragma once

#include <string>

#include "cloud/provision/cost.h"
#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// What a machine of Compute Engine is billed for: its type, its accelerators, its disks and its address. Google has no price
/// list that names machine types, so every price is unknown here; none is 0.
CostTable googleCost(const MachineRequest& request, const std::string& currency, const std::string& priceDate);

} // namespace ty::cloud
