#pragma once

#include <optional>
#include <string>

#include "cloud/provision/cost.h"
#include "cloud/provision/google_prices.h"
#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// What a machine of Compute Engine is billed for: its type, its accelerators, its disks and its address. What the list does
/// not tell is unknown, never 0.
/// @param type    the request's machine type as the zone offers it; nothing: could not be read, so its price is unknown
CostTable googleCost(
    const MachineRequest& request, const GooglePrices& prices, const std::optional<gcp::MachineType>& type,
    const std::string& currency, const std::string& priceDate);

} // namespace ty::cloud
