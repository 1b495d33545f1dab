#include "cloud/chase/google_scout.h"

#include <algorithm>
#include <map>
#include <utility>

#include "cloud/chase/chase_plan.h"
#include "cloud/chase/gpu_choice.h"
#include "cloud/chase/region_places.h"
#include "cloud/provision/google_cost.h"

namespace ty::cloud {

namespace {

using namespace gcp;

constexpr int kLists = 4;

struct Offers {
    std::vector<Zone> zones;
    std::map<std::string, AcceleratorScope> accelerators; ///< by "zones/europe-west4-a"
    std::map<std::string, MachineTypeScope> machineTypes;
    std::map<std::string, Region> regions; ///< by name; those that could be read
    std::vector<Quota> global;
};

template<typename T>
bool holds(const std::vector<T>& list, const std::string& name)
{
    return std::any_of(list.begin(), list.end(), [&](const T& each) { return each.name == name; });
}

template<typename Scope>
bool isIn(const std::map<std::string, Scope>& scopes, const std::string& zone, const std::string& name)
{
    const auto scope = scopes.find("zones/" + zone);
    return scope != scopes.end() && holds(scope->second.types, name);
}

/// The least that the region and the project leave.
std::optional<double> quotaIn(const Offers& offers, const std::string& region, const std::string& metric)
{
    std::optional<double> left;
    if (const auto found = offers.regions.find(region); found != offers.regions.end()) {
        left = quotaLeft(found->second.quotas, metric);
    }
    if (const auto global = quotaLeft(offers.global, "GPUS_ALL_REGIONS")) {
        left = left ? std::min(*left, *global) : *global;
    }
    return left;
}

void judge(ChasePlace& place, const Zone& zone, const Offers& offers, const GoogleChoice& choice)
{
    place.gpu = choice.accelerator;
    place.size = choice.machineType;
    place.quotaUnit = "GPU";
    const bool hasGpu = isIn(offers.accelerators, zone.name, choice.accelerator);
    const bool hasType = isIn(offers.machineTypes, zone.name, choice.machineType);
    place.isOffered = hasGpu && hasType;
    if (!hasGpu) {
        place.setResult(ChaseOutcome::NotOffered, "no such accelerator in the zone");
        return;
    }
    if (!hasType) {
        place.setResult(ChaseOutcome::NotOffered, "no machine type " + choice.machineType + " in the zone");
        return;
    }
    if (zone.status == "DOWN") {
        place.setResult(ChaseOutcome::Transient, "the zone is down");
        return;
    }
    place.quotaLeft = quotaIn(offers, place.region, choice.quota);
    if (place.quotaLeft && place.quotaNeeded && *place.quotaLeft < *place.quotaNeeded) {
        place.setResult(
            ChaseOutcome::Quota,
            "quota: " + std::to_string(static_cast<std::int64_t>(*place.quotaLeft)) + " GPU left, "
                + std::to_string(static_cast<std::int64_t>(*place.quotaNeeded)) + " needed");
    }
}

} // namespace

Result<std::vector<ChasePlace>> scoutGoogle(
    ComputeClient& client, const std::string& account, const std::string& project, const ChaseRequest& request,
    const ScoutProgress& progress, std::stop_token stop)
{
    const bool isSpot = request.isSpot.value_or(false);
    const auto choice = chooseGoogleMachine(request.gpu, request.gpus.value_or(1), isSpot);
    const auto step = [&](int done) {
        if (progress) {
            progress(done, kLists);
        }
    };
    Offers offers;
    TY_TRY(offers.zones, client.list<Zone>(listZones(project), stop));
    step(1);
    if (choice) {
        TY_TRY(offers.accelerators, client.aggregated<AcceleratorScope>(listAllAcceleratorTypes(project), stop));
        step(2);
        ListOptions ofThatName;
        ofThatName.filter = "name = " + choice->machineType;
        TY_TRY(offers.machineTypes, client.aggregated<MachineTypeScope>(listAllMachineTypes(project, ofThatName), stop));
        step(3);
        if (const auto regions = client.list<Region>(listRegions(project), stop)) {
            for (const Region& region : *regions) {
                offers.regions[region.name] = region;
            }
        }
        if (const auto whole = client.get<Project>(getProject(project), stop)) {
            offers.global = whole->quotas;
        }
    }
    step(kLists);
    std::vector<ChasePlace> places;
    for (const Zone& zone : offers.zones) {
        ChasePlace place;
        place.account = account;
        place.provider = "google";
        place.scope = project;
        place.zone = zone.name;
        place.region = regionOfZone(zone.name);
        if (!wantsRegion(request, place.region)) {
            continue;
        }
        if (const auto point = pointOf(place.region)) {
            place.latitude = point->latitude;
            place.longitude = point->longitude;
        }
        place.quotaNeeded = static_cast<double>(request.gpus.value_or(1));
        if (choice) {
            judge(place, zone, offers, *choice);
        } else {
            place.isOffered = false;
            place.setResult(ChaseOutcome::NotOffered, "Google has no machine with this GPU in this number");
        }
        places.push_back(std::move(place));
    }
    return places;
}

void priceGooglePlaces(
    std::vector<ChasePlace>& places, const ChaseRequest& request, const GooglePrices& prices,
    const std::map<std::string, MachineType>& types)
{
    for (ChasePlace& place : places) {
        const auto type = types.find(place.size);
        if (place.provider == "google" && type != types.end()) {
            place.usdPerHour = googleCost(machineAt(place, request), prices, type->second, "USD", {}).perHour(true);
        }
    }
}

} // namespace ty::cloud
