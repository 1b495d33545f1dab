#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"
#include "cloud/provision/machine_request.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// A hunt for a GPU: which, where, in which order, how much at once and for how much money. JSON by fields().
struct ChaseRequest {
    std::string gpu;                   ///< "T4", "A100": as people say it
    std::optional<std::int64_t> gpus;  ///< cards in one machine; nothing: 1
    std::vector<std::string> accounts; ///< empty: all that are connected
    std::vector<std::string> regions;  ///< patterns with '*' ("europe-west*"); empty: all
    std::string order = "price";       ///< or "distance"
    std::string near;                  ///< of "distance": a region, or "latitude,longitude" in degrees
    std::optional<bool> isSpot;
    std::optional<bool> testsAll;          ///< each machine is deleted at once, and all places are tried
    std::optional<bool> triesUnknownPrice; ///< also where the price list does not tell what it costs
    std::optional<bool> ignoresBlocks;     ///< also where something failed a short while ago
    std::optional<std::int64_t> parallel;  ///< attempts at a time; nothing: kUsualParallel
    std::optional<double> maxCost;         ///< USD that the attempts may cost; nothing: no limit
    MachineRequest machine; ///< what all machines have in common: group, image, disk, user, key; `name`: how names begin
    std::string googleImage; ///< for machines of Google; empty: the usual one

    static constexpr std::int64_t kUsualParallel = 8;
    static constexpr std::int64_t kMostParallel = 32;

    void fields(auto& f)
    {
        f("gpu", gpu);
        f("gpus", gpus);
        f("accounts", accounts);
        f("regions", regions);
        f("order", order);
        f("near", near);
        f("spot", isSpot);
        f("testAll", testsAll);
        f("tryUnknownPrice", triesUnknownPrice);
        f("ignoreBlocks", ignoresBlocks);
        f("parallel", parallel);
        f("maxCost", maxCost);
        f("machine", machine);
        f("googleImage", googleImage);
    }
};

/// What is wrong with it, as one error that names the field. Errors: InvalidInput.
Result<void> checkChase(const ChaseRequest& request);
/// Whether somebody may reach the machine that is kept, which has to be said before the first is asked for; looking needs it
/// not. Errors: InvalidInput.
Result<void> checkReach(const ChaseRequest& request);
/// Whether the patterns of `request` let a region pass.
bool wantsRegion(const ChaseRequest& request, const std::string& region);

} // namespace ty::cloud
