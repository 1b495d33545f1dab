#include "cloud/chase/azure_scout.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <set>
#include <utility>

#include "cloud/azure/sku.h"
#include "cloud/azure/subscription.h"
#include "cloud/azure/usage.h"
#include "cloud/chase/chase_plan.h"
#include "cloud/chase/gpu_choice.h"
#include "cloud/chase/parallel.h"
#include "cloud/chase/region_places.h"
#include "cloud/provision/azure_cost.h"

namespace ty::cloud {

namespace {

using namespace azure;

constexpr std::size_t kReaders = 8;

std::optional<double> degrees(const std::string& text)
{
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

ChasePlace placeAt(const Location& location, const std::string& account, const std::string& subscription)
{
    ChasePlace place;
    place.account = account;
    place.provider = "azure";
    place.scope = subscription;
    place.region = location.name;
    place.latitude = degrees(location.latitude);
    place.longitude = degrees(location.longitude);
    if (const auto known = pointOf(location.name); known && (!place.latitude || !place.longitude)) {
        place.latitude = known->latitude;
        place.longitude = known->longitude;
    }
    return place;
}

std::string closedText(const std::string& reason)
{
    if (reason == "NotAvailableForSubscription") {
        return "not offered to this subscription";
    }
    return reason == "QuotaId" ? "not offered to this kind of subscription" : reason;
}

ChaseOutcome outcomeOf(const Error& error)
{
    return error.kind == ErrorKind::Permission || error.kind == ErrorKind::NotSignedIn ? ChaseOutcome::Permission
                                                                                       : ChaseOutcome::Transient;
}

/// One region's places.
std::vector<ChasePlace> scoutRegion(
    ArmClient& client, const ChasePlace& region, const ChaseRequest& request, const std::stop_token& stop)
{
    ChasePlace place = region;
    const auto skus = client.list<ResourceSku>(listSkus(region.scope, region.region), stop);
    if (!skus) {
        place.setResult(outcomeOf(skus.error()), "the offer could not be read: " + skus.error().message);
        return {place};
    }
    const ResourceSku* sku = chooseAzureSize(*skus, region.region, request.gpu, request.gpus.value_or(1));
    if (sku == nullptr) {
        place.isOffered = false;
        place.setResult(ChaseOutcome::NotOffered, "no size with this GPU in the region");
        return {place};
    }
    const VmSize size = vmSizeOf(*sku);
    place.size = size.name;
    place.family = size.family;
    place.gpu = size.gpu;
    place.quotaUnit = "vCPU";
    place.quotaNeeded = size.quotaVCpus;
    const SizeOffer offer = offerOf(*sku, region.region);
    place.isOffered = offer.isOffered;
    if (!offer.isOffered) {
        place.code = offer.reason;
        place.setResult(ChaseOutcome::NotOffered, closedText(offer.reason));
        return {place};
    }
    if (request.isSpot.value_or(false) && !size.canSpot) {
        place.isOffered = false;
        place.setResult(ChaseOutcome::NotOffered, "this size is not offered as spot");
        return {place};
    }
    // A quota that cannot be read is no reason not to try.
    if (const auto usages = client.list<Usage>(listComputeUsages(region.scope, region.region), stop)) {
        const auto left = coresLeft(*usages, size.family, request.isSpot.value_or(false));
        place.quotaLeft = left ? std::optional(static_cast<double>(*left)) : std::nullopt;
    }
    if (place.quotaLeft && place.quotaNeeded && *place.quotaLeft < *place.quotaNeeded) {
        place.setResult(
            ChaseOutcome::Quota,
            "quota: " + std::to_string(static_cast<std::int64_t>(*place.quotaLeft)) + " vCPU left, "
                + std::to_string(static_cast<std::int64_t>(*place.quotaNeeded)) + " needed");
    }
    std::vector<ChasePlace> places;
    for (const std::string& zone : offer.zones) {
        places.push_back(place);
        places.back().zone = zone;
    }
    return places.empty() ? std::vector{place} : places;
}

} // namespace

Result<std::vector<ChasePlace>> scoutAzure(
    ArmClient& client, const std::string& account, const std::string& subscription, const ChaseRequest& request,
    const ScoutProgress& progress, std::stop_token stop)
{
    TY_TRY(const auto locations, client.list<Location>(listLocations(subscription), stop));
    std::vector<ChasePlace> regions;
    for (const Location& location : locations) {
        const bool isReal = location.regionType.empty() || location.regionType == "Physical";
        if (isReal && wantsRegion(request, location.name)) {
            regions.push_back(placeAt(location, account, subscription));
        }
    }
    std::vector<std::vector<ChasePlace>> found(regions.size());
    std::atomic<int> done{0};
    forEachInParallel(regions.size(), kReaders, [&](std::size_t i) {
        found[i] = scoutRegion(client, regions[i], request, stop);
        const int now = ++done;
        if (progress) {
            progress(now, static_cast<int>(regions.size()));
        }
    });
    if (stop.stop_requested()) {
        return Error{ErrorKind::Cancelled, "stopped while the offers were read", {}};
    }
    std::vector<ChasePlace> places;
    for (std::vector<ChasePlace>& some : found) {
        std::move(some.begin(), some.end(), std::back_inserter(places));
    }
    return places;
}

std::vector<PriceQuery> azurePriceQueriesOf(const std::vector<ChasePlace>& places, const ChaseRequest& request)
{
    std::set<std::string> sizes;
    std::vector<PriceQuery> queries;
    for (const ChasePlace& place : places) {
        if (place.provider != "azure" || place.size.empty() || !sizes.insert(place.size).second) {
            continue;
        }
        for (PriceQuery query : azurePriceQueries(machineAt(place, request), "USD")) {
            query.region.clear();
            const bool isAsked = std::any_of(queries.begin(), queries.end(), [&](const PriceQuery& asked) {
                return asked.vmSize == query.vmSize && asked.serviceName == query.serviceName;
            });
            if (!isAsked) {
                queries.push_back(std::move(query));
            }
        }
    }
    return queries;
}

void priceAzurePlaces(std::vector<ChasePlace>& places, const ChaseRequest& request, const std::vector<PriceItem>& items)
{
    std::map<std::string, std::optional<double>> known; // by region and size: zones cost the same
    for (ChasePlace& place : places) {
        if (place.provider != "azure" || place.size.empty()) {
            continue;
        }
        const std::string key = place.region + "|" + place.size;
        if (const auto found = known.find(key); found != known.end()) {
            place.usdPerHour = found->second;
            continue;
        }
        place.usdPerHour = azureCost(machineAt(place, request), items, "USD", {}).perHour(true);
        known[key] = place.usdPerHour;
    }
}

} // namespace ty::cloud
