#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/prices.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// What to ask the price list for, to know what a machine costs: its size, its disks, its address.
std::vector<azure::PriceQuery> azurePriceQueries(const MachineRequest& request, const std::string& currency);

// The same for one disk, or one address; nothing for disks that have no tier.
std::optional<azure::PriceQuery> azureDiskQuery(
    const DiskRequest& disk, const std::string& region, const std::string& currency);
azure::PriceQuery azureAddressQuery(const std::string& region, const std::string& currency);
/// Per hour. Nothing: the list does not tell.
std::optional<double> azureDiskPerHour(
    const DiskRequest& disk, const std::string& region, const std::vector<azure::PriceItem>& items);
std::optional<double> azureAddressPerHour(const std::string& region, const std::vector<azure::PriceItem>& items);

/// Traffic that leaves the cloud by Microsoft's own network, as it does when nobody chose otherwise.
azure::PriceQuery azureTrafficQuery(const std::string& region, const std::string& currency);
/// So many GiB in one month, by tiers. Nothing: the list does not tell.
std::optional<double> azureTrafficPerMonth(
    double gib, const std::string& region, const std::vector<azure::PriceItem>& items);

/// The cost table from those answers. What the list does not tell stays unknown. `priceDate`: the day they were read.
CostTable azureCost(
    const MachineRequest& request, const std::vector<azure::PriceItem>& items, const std::string& currency,
    const std::string& priceDate);

} // namespace ty::cloud
