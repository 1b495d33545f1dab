#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace ty::cloud {

/// What a provider's error means for the next step.
enum class FailureClass : std::uint8_t {
    NotOffered,  ///< this size or GPU does not exist there, or not for this subscription
    NoCapacity,  ///< it exists, and is sold out now
    Quota,       ///< our own limit there is used up
    Permission,  ///< signed in, and not allowed
    SignIn,      ///< the token is missing, expired or of another tenant
    Throttled,   ///< too many requests; wait and send again
    Transient,   ///< busy, locked or out of order; wait and send again
    NotFound,    ///< what the request names is not there; for a deletion that is success
    Unregistered,///< the subscription has to register the resource provider first
    Permanent,   ///< sending the same again cannot help
};

/// How much a failure rules out for a while.
enum class BlockScope : std::uint8_t {
    Nothing,
    Zone,         ///< this size in this zone
    Region,       ///< this size in this region
    Family,       ///< every size of this family in this region
    RegionSpot,   ///< spot machines in this region
    WholeRegion,  ///< every size in this region
    Subscription, ///< the subscription or project
};

struct Verdict {
    FailureClass failure = FailureClass::Permanent;
    BlockScope scope = BlockScope::Nothing;
    std::chrono::seconds blockFor{0}; ///< 0: nothing is blocked, or only for this attempt
    std::string advice;               ///< what the person can do
};

/// "no-capacity" and the like, for JSON and tables.
const char* failureClassName(FailureClass failure);
/// Inverse of failureClassName; Permanent for unknown names.
FailureClass failureClassFromName(const std::string& name);
const char* blockScopeName(BlockScope scope);
/// Whether sending the same request again, after a wait, may succeed.
bool mayPass(FailureClass failure);
/// The kind of the Error that tells a person about it.
ErrorKind errorKindOf(FailureClass failure);

} // namespace ty::cloud
