#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "cloud/azure/arm_client.h"
#include "cloud/azure/prices.h"
#include "cloud/chase/chase_place.h"
#include "cloud/chase/chase_request.h"

namespace ty::cloud {

/// Told how many regions have answered, of how many; any thread.
using ScoutProgress = std::function<void(int done, int all)>;

/// What a subscription offers of a GPU: one place for each zone in which it may be asked for, and one for each region in which
/// it may not, decided with its reason. Offer and quota are read first, several regions at a time; a region that does not
/// answer is one place that says so. Errors: those of the list of regions.
Result<std::vector<ChasePlace>> scoutAzure(
    azure::ArmClient& client, const std::string& account, const std::string& subscription, const ChaseRequest& request,
    const ScoutProgress& progress, std::stop_token stop);

/// Fills in what each place costs by the hour: machine, system disk and address.
/// `items`: the price list's answers to azurePriceQueriesOf().
void priceAzurePlaces(
    std::vector<ChasePlace>& places, const ChaseRequest& request, const std::vector<azure::PriceItem>& items);
/// What to ask the price list for: every size that occurs, in all regions at once.
std::vector<azure::PriceQuery> azurePriceQueriesOf(const std::vector<ChasePlace>& places, const ChaseRequest& request);

} // namespace ty::cloud
