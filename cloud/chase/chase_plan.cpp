#include "cloud/chase/chase_plan.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "cloud/chase/region_places.h"
#include "cloud/chase/spending.h"
#include "cloud/chase/utc_time.h"
#include "cloud/provision/machine_defaults.h"

namespace ty::cloud {

namespace {

constexpr double kUnknownLast = std::numeric_limits<double>::max();

void measure(ChasePlace& place, const std::optional<GeoPoint>& from)
{
    if (from && place.latitude && place.longitude) {
        place.kilometres = kilometresBetween(*from, {*place.latitude, *place.longitude});
    }
}

void decide(
    ChasePlace& place, const ChaseRequest& request, const BlockList& blocks, std::chrono::system_clock::time_point now)
{
    if (place.result() != ChaseOutcome::Waiting) {
        return;
    }
    const Block* block
        = request.ignoresBlocks.value_or(false) ? nullptr : blocks.find(place, request.isSpot.value_or(false), now);
    if (block != nullptr) {
        place.code = block->reason;
        place.setResult(
            chaseOutcomeFromName(block->verdict),
            "not tried until " + utcText(block->until).substr(0, 16) + "Z: " + block->reason);
        return;
    }
    if (!place.usdPerHour && !request.triesUnknownPrice.value_or(false)) {
        place.setResult(ChaseOutcome::NoPrice, "not tried: the price list does not tell what it costs");
    }
}

} // namespace

void arrange(
    std::vector<ChasePlace>& places, const ChaseRequest& request, const BlockList& blocks,
    std::chrono::system_clock::time_point now)
{
    const auto from = request.near.empty() ? std::nullopt : pointOf(request.near);
    for (ChasePlace& place : places) {
        measure(place, from);
        decide(place, request, blocks, now);
    }
    const bool isByPrice = request.order != "distance";
    const auto rank = [&](const ChasePlace& place) {
        const double price = place.usdPerHour.value_or(kUnknownLast);
        const double distance = place.kilometres.value_or(kUnknownLast);
        return std::make_tuple(
            place.result() != ChaseOutcome::Waiting, isByPrice ? price : distance, isByPrice ? distance : price,
            place.provider, place.region, place.zone, place.account);
    };
    std::sort(places.begin(), places.end(), [&](const ChasePlace& a, const ChasePlace& b) { return rank(a) < rank(b); });
}

MachineRequest machineAt(const ChasePlace& place, const ChaseRequest& request)
{
    MachineRequest machine = request.machine;
    machine.provider = place.provider;
    machine.account = place.account;
    machine.scope = place.scope;
    machine.region = place.region;
    machine.zone = place.zone;
    machine.size = place.size;
    machine.isSpot = request.isSpot;
    if (place.provider == "google") {
        machine.image = request.googleImage;
        machine.osDisk.kind.clear();
        // Other machine types bring their cards along.
        if (place.size.starts_with("n1-")) {
            machine.gpu = place.gpu;
            machine.gpus = request.gpus.value_or(1);
        }
    }
    fillDefaults(machine);
    return machine;
}

ChasePreview previewOf(const std::vector<ChasePlace>& places, const ChaseRequest& request)
{
    ChasePreview preview;
    preview.places = static_cast<int>(places.size());
    double most = 0;
    for (const ChasePlace& place : places) {
        const ChaseOutcome result = place.result();
        preview.notOffered += result == ChaseOutcome::NotOffered ? 1 : 0;
        preview.withoutPrice += result == ChaseOutcome::NoPrice ? 1 : 0;
        preview.unread += place.isOffered ? 0 : 1;
        const bool isBlocked = place.reason.starts_with("not tried until");
        preview.blocked += isBlocked ? 1 : 0;
        preview.quota += result == ChaseOutcome::Quota && !isBlocked ? 1 : 0;
        if (result != ChaseOutcome::Waiting) {
            continue;
        }
        ++preview.waiting;
        if (!place.usdPerHour) {
            ++preview.unpriced;
            continue;
        }
        preview.leastPerHour = std::min(preview.leastPerHour.value_or(kUnknownLast), *place.usdPerHour);
        preview.mostPerHour = std::max(preview.mostPerHour.value_or(0.0), *place.usdPerHour);
        most += *place.usdPerHour * Spending::kReservedHours;
    }
    if (preview.unpriced == 0) {
        preview.mostUsd = request.maxCost ? std::min(most, *request.maxCost) : most;
    }
    return preview;
}

} // namespace ty::cloud
