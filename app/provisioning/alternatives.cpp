#include "app/provisioning/alternatives.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/price_reader.h"
#include "cloud/azure/resource.h"
#include "cloud/chase/region_places.h"
#include "cloud/provision/curated_images.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr int kMostRegions = 12;

bool holds(const std::vector<std::string>& zones, const std::string& zone)
{
    return std::find(zones.begin(), zones.end(), zone) != zones.end();
}

bool isGoogle(const MachineRequest& request)
{
    return request.provider == "google";
}

/// Offered, with quota for all nodes, and with room for the disks.
bool canBeAsked(const OfferedSize& offered, const MachineRequest& request, int nodes)
{
    const double needed = offered.size.quotaVCpus.value_or(offered.size.vCpus.value_or(0)) * nodes;
    const auto disks = static_cast<int>(request.dataDisks.size());
    return offered.obstacle().empty() && (!offered.coresLeft || static_cast<double>(*offered.coresLeft) >= needed)
        && (!offered.size.maxDataDisks || *offered.size.maxDataDisks >= disks)
        && (!request.isSpot.value_or(false) || offered.size.canSpot);
}

const OfferedSize* findSize(const std::vector<OfferedSize>& sizes, const std::string& name)
{
    const auto found = std::find_if(
        sizes.begin(), sizes.end(), [&](const OfferedSize& each) { return azure::isSame(each.size.name, name); });
    return found == sizes.end() ? nullptr : &*found;
}

/// The zones of a region in which both the size and the GPU that is attached to it can be asked for.
std::vector<std::string> openZones(
    const OfferedSize& offered, const std::vector<OfferedAccelerator>& accelerators, const MachineRequest& request)
{
    std::vector<std::string> zones = offered.offer.zones;
    if (request.gpu.empty()) {
        return zones;
    }
    const auto card = std::find_if(
        accelerators.begin(), accelerators.end(), [&](const OfferedAccelerator& each) { return each.name == request.gpu; });
    if (card == accelerators.end() || (card->left && *card->left < request.gpus.value_or(1))) {
        return {};
    }
    std::erase_if(zones, [&](const std::string& zone) { return !holds(card->zones, zone); });
    return zones;
}

/// A place in that region, or nothing.
std::optional<OtherPlace> placeIn(
    CloudSession& session, const MachineRequest& request, const std::string& region, const std::vector<OfferedSize>& sizes, int nodes,
    std::stop_token stop)
{
    const OfferedSize* offered = findSize(sizes, request.size);
    if (offered == nullptr || !canBeAsked(*offered, request, nodes)) {
        return {};
    }
    std::vector<OfferedAccelerator> accelerators;
    if (!request.gpu.empty()) {
        accelerators = readAccelerators(session, region, request.isSpot.value_or(false), std::move(stop)).valueOr({});
    }
    auto zones = openZones(*offered, accelerators, request);
    const bool isHome = region == request.region;
    if (isHome) {
        std::erase(zones, request.zone);
    }
    const bool needsZone = isGoogle(request) || isHome;
    if (needsZone && zones.empty()) {
        return {};
    }
    const bool wantsZone = needsZone || (!request.zone.empty() && !zones.empty());
    return OtherPlace{region, wantsZone ? zones.front() : std::string(), offered->coresLeft};
}

/// Regions of the account from the nearest on, without `home`.
std::vector<std::string> nearestFirst(const std::vector<CloudRegion>& regions, const std::string& home)
{
    const auto from = pointOf(home);
    std::vector<std::pair<double, std::string>> others;
    for (const CloudRegion& region : regions) {
        const auto point = pointOf(region.name);
        if (region.name != home) {
            others.emplace_back(
                from && point ? kilometresBetween(*from, *point) : std::numeric_limits<double>::max(), region.name);
        }
    }
    std::sort(others.begin(), others.end());
    std::vector<std::string> names;
    for (auto& [distance, name] : others) {
        names.push_back(std::move(name));
    }
    return names;
}

/// Nothing less than `wanted`; a GPU for a GPU.
bool isNoLess(const azure::VmSize& size, const azure::VmSize& wanted)
{
    if (!size.architecture.empty() && !wanted.architecture.empty() && size.architecture != wanted.architecture) {
        return false;
    }
    if (wanted.gpus > 0) {
        return size.gpus >= wanted.gpus; // processors of another family of cards are not comparable
    }
    return size.gpus <= 0 && size.vCpus.value_or(0) >= wanted.vCpus.value_or(0)
        && size.memoryGiB.value_or(0) >= wanted.memoryGiB.value_or(0);
}

std::optional<OtherSize> sizeHere(
    CloudSession& session, const MachineRequest& request, const std::vector<OfferedSize>& sizes, int nodes, FailureClass failure,
    std::stop_token stop)
{
    const OfferedSize* wanted = findSize(sizes, request.size);
    if (wanted == nullptr || !request.gpu.empty()) {
        return {}; // nobody knows what it had; or the card is what was refused
    }
    const auto prices = readSizePrices(session, request.region, "USD", std::move(stop));
    const auto priceOf = [&](const std::string& name) -> std::optional<double> {
        if (!prices) {
            return {};
        }
        std::string key = name;
        std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto found = prices->find(key);
        return found == prices->end() ? std::nullopt
            : request.isSpot.value_or(false) ? found->second.spotPerHour
                                             : found->second.perHour;
    };
    using Rank = std::tuple<bool, bool, double, std::string>;
    std::map<Rank, OtherSize> ranked;
    for (const OfferedSize& each : sizes) {
        const azure::VmSize& size = each.size;
        const bool isInZone = request.zone.empty() || each.offer.zones.empty() || holds(each.offer.zones, request.zone);
        if (&each == wanted || !canBeAsked(each, request, nodes) || !isInZone || !isNoLess(size, wanted->size)
            || !imageFit(request, size).problems.empty()) {
            continue;
        }
        const auto price = priceOf(size.name);
        const bool hasLessMemory = wanted->size.gpuMemoryGiB.value_or(0) > size.gpuMemoryGiB.value_or(0);
        const bool isSoldOutToo = failure == FailureClass::NoCapacity && size.family == wanted->size.family;
        ranked.emplace(
            Rank(hasLessMemory, isSoldOutToo, price.value_or(std::numeric_limits<double>::max()), size.name),
            OtherSize{size.name, price, each.coresLeft});
    }
    return ranked.empty() ? std::nullopt : std::optional(ranked.begin()->second);
}

std::string quotaText(const std::optional<std::int64_t>& left)
{
    return left ? fmt::format(" ({} vCPU of your quota left)", *left) : std::string();
}

} // namespace

bool isAboutPlaceOrSize(const Finding& finding)
{
    const FailureClass failure = failureClassFromName(finding.verdict);
    return !finding.verdict.empty()
        && (failure == FailureClass::NoCapacity || failure == FailureClass::Quota || failure == FailureClass::NotOffered);
}

Result<Alternatives> findAlternatives(
    CloudSession& session, const MachineRequest& request, int nodes, FailureClass failure, std::stop_token stop)
{
    const bool isSpot = request.isSpot.value_or(false);
    TY_TRY(const auto here, readSizes(session, request.region, isSpot, stop));
    Alternatives found;
    found.size = sizeHere(session, request, here, nodes, failure, stop);
    if (!request.zone.empty()) {
        found.place = placeIn(session, request, request.region, here, nodes, stop);
    }
    const bool isCapturedHere = !isGoogle(request) && request.image.starts_with("/"); // it is nowhere else
    const auto regions = readRegions(session, stop);
    if (found.place || isCapturedHere || !regions) {
        return found;
    }
    for (const std::string& region : nearestFirst(*regions, request.region)) {
        if (found.regionsAsked == kMostRegions || stop.stop_requested()) {
            break;
        }
        ++found.regionsAsked;
        const auto sizes = readSizes(session, region, isSpot, stop);
        found.place = sizes ? placeIn(session, request, region, *sizes, nodes, stop) : std::nullopt;
        if (found.place) {
            break;
        }
    }
    return found;
}

std::string alternativesText(const MachineRequest& request, const Alternatives& alternatives)
{
    std::string text;
    if (const auto& place = alternatives.place) {
        text = fmt::format(
            "{} offers {}{}", place->zone.empty() ? place->region : isGoogle(request) ? place->zone : place->region + ", zone " + place->zone,
            request.gpu.empty() ? request.size : request.gpu, quotaText(place->coresLeft));
    }
    if (const auto& size = alternatives.size) {
        const std::string price = size->usdPerHour ? fmt::format("costs {:.4g} USD an hour", *size->usdPerHour) : "has no known price";
        text += fmt::format("{} {} {}", text.empty() ? "Here" : "; here", size->size, price);
    }
    if (text.empty()) {
        return fmt::format(
            "None of the {} nearest regions offers it to you, and no other size here has as much.", alternatives.regionsAsked);
    }
    return text + ".";
}

MachineRequest movedTo(MachineRequest request, const OtherPlace& place)
{
    request.region = place.region;
    request.zone = place.zone;
    return request;
}

MachineRequest resizedTo(MachineRequest request, const OtherSize& size)
{
    request.size = size.size;
    return request;
}

} // namespace ty::app
