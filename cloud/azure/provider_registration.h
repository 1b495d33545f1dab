#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "cloud/azure/arm_client.h"

namespace ty::cloud::azure {

/// Sees to it that a subscription may use a provider ("Microsoft.Compute"): registers it if it is not, and waits until it
/// is, which takes a minute or two. Errors: Permission, Cancelled, Network when `deadline` passes.
Result<void> ensureRegistered(
    ArmClient& client,
    const std::string& subscription,
    const std::string& provider,
    std::chrono::steady_clock::time_point deadline,
    std::stop_token stop);

} // namespace ty::cloud::azure
