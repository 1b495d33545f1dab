#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "cloud/chase/block_list.h"
#include "cloud/chase/chase_place.h"
#include "cloud/chase/chase_request.h"

namespace ty::cloud {

/// Fills in the distances, decides places that are not to be tried (blocked, price unknown) and brings them into the order of
/// the request: to be tried first, cheapest or nearest first, what is unknown last.
void arrange(
    std::vector<ChasePlace>& places, const ChaseRequest& request, const BlockList& blocks,
    std::chrono::system_clock::time_point now);

/// The machine that is asked for in a place.
MachineRequest machineAt(const ChasePlace& place, const ChaseRequest& request);

/// What is known before anything is made.
struct ChasePreview {
    int places = 0;
    int waiting = 0;          ///< to be tried
    int notOffered = 0;
    int quota = 0;
    int blocked = 0;
    int unpriced = 0;         ///< among those to be tried
    int withoutPrice = 0;     ///< not tried for want of a price
    int unread = 0;           ///< offer not known
    std::optional<double> leastPerHour; ///< USD, of those to be tried
    std::optional<double> mostPerHour;
    /// The most that the attempts may cost: each a quarter of an hour, no more than the cap. Nothing: prices are missing.
    std::optional<double> mostUsd;
};
ChasePreview previewOf(const std::vector<ChasePlace>& places, const ChaseRequest& request);

} // namespace ty::cloud
