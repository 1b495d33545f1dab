#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cloud/azure/arm_client.h"
#include "cloud/azure/prices.h"
#include "cloud/provision/leftover.h"

namespace ty::cloud {

/// What Trainyard left in a subscription: resources with our mark whose machine is gone, disks, cards and addresses of ours
/// that nothing uses, machines of ours that this computer does not know. Never anything without our mark, nor anything that
/// something else uses. Reads nine lists; no price is in it yet. By kind and name.
Result<std::vector<Leftover>> azureLeftovers(
    azure::ArmClient& client, const std::string& subscription, const KnownOperations& known, std::stop_token stop);

/// What to ask the price list for, to know what they cost.
std::vector<azure::PriceQuery> azureLeftoverQueries(const std::vector<Leftover>& leftovers, const std::string& currency);
/// Fills in perMonth; what the list does not tell stays unknown.
void priceAzureLeftovers(std::vector<Leftover>& leftovers, const std::vector<azure::PriceItem>& items);

} // namespace ty::cloud
