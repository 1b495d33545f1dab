#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "cloud/http/cloud_error.h"
#include "cloud/model/failure.h"

namespace ty::cloud::azure {

enum class PriceClass : std::uint8_t { Regular, Spot };

/// One rule: an error with that status, code and text means that. What is null or 0 fits anything.
struct FailureRule {
    int status;
    const char* code;
    const char* text; ///< a part of the message, compared without case
    FailureClass failure;
    BlockScope scope;
    int blockSeconds;
    const char* advice;
};

/// All rules; the first that fits wins.
std::span<const FailureRule> failureRules();

/// What an error of Azure Resource Manager means; the causes inside of it are looked at as well. What no rule knows is
/// judged by its status.
Verdict classify(const CloudError& error, PriceClass price = PriceClass::Regular);

} // namespace ty::cloud::azure
