#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "cloud/chase/azure_scout.h"
#include "cloud/chase/chase_place.h"
#include "cloud/chase/chase_request.h"
#include "cloud/gcp/compute_client.h"
#include "cloud/provision/google_prices.h"

namespace ty::cloud {

/// What a project offers of a GPU: one place for each zone. A zone offers it when it has the accelerator and the machine
/// type that carries it; both are read in one list for all zones, like the quota of each region and of the whole project.
/// Errors: those of the lists of zones, accelerators and machine types. A quota that cannot be read hinders nothing.
Result<std::vector<ChasePlace>> scoutGoogle(
    gcp::ComputeClient& client, const std::string& account, const std::string& project, const ChaseRequest& request,
    const ScoutProgress& progress, std::stop_token stop);

/// Fills in what each place costs by the hour: machine type, cards, system disk and address. `types`: by name.
void priceGooglePlaces(
    std::vector<ChasePlace>& places, const ChaseRequest& request, const GooglePrices& prices,
    const std::map<std::string, gcp::MachineType>& types);

} // namespace ty::cloud
