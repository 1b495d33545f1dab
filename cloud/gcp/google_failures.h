#pragma once

#include <chrono>
#include <span>

#include "cloud/http/cloud_error.h"
#include "cloud/model/failure.h"

namespace ty::cloud::gcp {

/// One rule: an error with that code, text or HTTP status means that. What is null or 0 fits anything.
struct FailureRule {
    int status;
    const char* code; ///< of an operation ("ZONE_RESOURCE_POOL_EXHAUSTED") or reason of an HTTP error ("quotaExceeded")
    const char* text; ///< a part of a message
    FailureClass failure;
    BlockScope scope;
    const char* advice;
};

/// All rules; the first that fits wins.
std::span<const FailureRule> failureRules();

/// What an error of Compute Engine means, of a request or of an operation that ended. Capacity comes and goes: such a
/// block holds for an hour, like one of quota.
Verdict classify(const CloudError& error);

} // namespace ty::cloud::gcp
