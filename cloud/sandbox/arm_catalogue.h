#pragma once

#include "cloud/sandbox/arm_call.h"

namespace ty::sandbox {

/// What Resource Manager knows without anybody having made it: subscriptions, tenants, regions, providers, SKUs, sizes,
/// quota, images. @return false when the path is none of these
bool answerCatalogue(World& world, const ArmCall& call, Response& response);

/// "Registered" or not, of a provider; empty for an unknown one.
std::string registrationState(const World& world, const std::string& provider);

} // namespace ty::sandbox
