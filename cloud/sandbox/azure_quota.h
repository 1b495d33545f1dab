#pragma once

#include "cloud/sandbox/arm_call.h"
#include "cloud/sandbox/azure_sizes.h"

namespace ty::sandbox {

/// Rows of .../Microsoft.Compute/locations/{region}/usages: cores, spot cores, and each family's.
Json computeUsages(const World& world, const std::string& region);
Json networkUsages(const World& world, const std::string& region);

/// Whether the subscription may have `more` cores of the size in the region: 409 OperationNotAllowed in the words of the
/// real service if not. Spot machines draw on lowPriorityCores alone.
Refusal checkQuota(const World& world, const AzureSize& size, const std::string& region, bool isSpot, int more);

} // namespace ty::sandbox
