#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "cloud/gcp/compute_client.h"
#include "cloud/provision/google_prices.h"
#include "cloud/provision/leftover.h"

namespace ty::cloud {

/// What Trainyard left in a project: disks with our mark that no machine has, firewall rules whose machine is gone, captured
/// images and machine images whose machine is gone, machines of ours that this computer does not know. Never anything without our mark. Addresses
/// are none of it: ours are ephemeral and go with their machine. Reads five lists; no price is in it yet. By kind and name.
Result<std::vector<Leftover>> googleLeftovers(
    gcp::ComputeClient& client, const std::string& project, const KnownOperations& known, std::stop_token stop);

/// Fills in perMonth. `types`: machine types by name, of those among the leftovers; what they and the list do not tell stays
/// unknown. A machine's price is that of its type and cards; its disks are billed besides.
void priceGoogleLeftovers(
    std::vector<Leftover>& leftovers, const GooglePrices& prices, const std::map<std::string, gcp::MachineType>& types);

} // namespace ty::cloud
