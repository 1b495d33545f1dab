#include "cloud/gcp/google_failures.h"

#include <algorithm>
#include <array>
#include <string>

namespace ty::cloud::gcp {

namespace {

using enum FailureClass;
using enum BlockScope;

constexpr const char* kElsewhere = "Try another zone.";
constexpr const char* kQuota = "Ask for more quota, or choose another region.";
constexpr const char* kNoRight = "Ask an administrator of the project for the permission that the message names.";

// Source: SkyPilot's _gcp_handler and Kubernetes' cluster-autoscaler (2026-04), Compute Engine's quota pages.
constexpr std::array kRules{
    FailureRule{0, "rateLimitExceeded", nullptr, Throttled, Nothing, ""},
    FailureRule{0, "RATE_LIMIT_EXCEEDED", nullptr, Throttled, Nothing, ""},
    FailureRule{0, "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED", nullptr, Throttled, Nothing, ""},
    FailureRule{0, "RESOURCE_OPERATION_RATE_EXCEEDED", nullptr, Throttled, Nothing, ""},
    FailureRule{0, nullptr, "Quota exceeded for quota metric", Throttled, Nothing, ""},
    FailureRule{429, nullptr, nullptr, Throttled, Nothing, ""},
    FailureRule{0, "ZONE_RESOURCE_POOL_EXHAUSTED", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "RESOURCE_POOL_EXHAUSTED", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "insufficientCapacity", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "INSUFFICIENT_CAPACITY", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "UNSUPPORTED_OPERATION", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "VM_MIN_COUNT_NOT_REACHED", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "3", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "8", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, "9", nullptr, NoCapacity, Zone, kElsewhere},
    FailureRule{0, nullptr, "'GPUS_ALL_REGIONS' exceeded", Quota, Subscription, "Ask for more quota of GPUs in all regions."},
    FailureRule{0, "QUOTA_EXCEEDED", nullptr, Quota, WholeRegion, kQuota},
    FailureRule{0, "quotaExceeded", nullptr, Quota, WholeRegion, kQuota},
    FailureRule{0, "type.googleapis.com/google.rpc.QuotaFailure", "in zone", Quota, Zone, kQuota},
    FailureRule{0, "type.googleapis.com/google.rpc.QuotaFailure", nullptr, Quota, WholeRegion, kQuota},
    FailureRule{0, nullptr, "does not exist in zone", NotOffered, Zone, kElsewhere},
    FailureRule{0, "IAM_PERMISSION_DENIED", nullptr, Permission, Subscription, kNoRight},
    FailureRule{0, "PERMISSIONS_ERROR", nullptr, Permission, Subscription, kNoRight},
    FailureRule{0, nullptr, "Policy update access denied.", Permission, Subscription, kNoRight},
    FailureRule{0, "CONDITION_NOT_MET", nullptr, Permission, Subscription, "A policy of the organisation forbids this; the message names it."},
    FailureRule{0, "SERVICE_DISABLED", nullptr, Unregistered, Subscription, "Enable the Compute Engine API of the project."},
    FailureRule{0, "accessNotConfigured", nullptr, Unregistered, Subscription, "Enable the Compute Engine API of the project."},
    FailureRule{0, nullptr, "Requested disk size cannot be smaller than the image size", Permanent, Subscription, "Choose a larger disk."},
    FailureRule{0, "VPC_NOT_FOUND", nullptr, Permanent, Subscription, "Choose another network."},
    FailureRule{0, "SUBNET_NOT_FOUND_FOR_VPC", nullptr, Permanent, WholeRegion, "Choose another region or network."},
    FailureRule{0, "IP_SPACE_EXHAUSTED", nullptr, Permanent, Nothing, "Use a larger or another subnet."},
    FailureRule{0, "RESOURCE_NOT_READY", nullptr, Transient, Nothing, ""},
    FailureRule{0, "resourceNotReady", nullptr, Transient, Nothing, ""},
    FailureRule{0, "resourceInUseByAnotherResource", nullptr, Transient, Nothing, ""},
    FailureRule{0, "operationInProgress", nullptr, Transient, Nothing, ""},
    FailureRule{0, "conditionNotMet", nullptr, Transient, Nothing, ""}, // a stale fingerprint: read again
    FailureRule{0, "TIMEOUT", nullptr, Transient, Nothing, ""},
    FailureRule{0, "RESOURCE_ALREADY_EXISTS", nullptr, Permanent, Nothing, "Choose another name."},
    FailureRule{0, "alreadyExists", nullptr, Permanent, Nothing, "Choose another name."},
    FailureRule{0, "RESOURCE_NOT_FOUND", nullptr, NotFound, Nothing, ""},
    FailureRule{0, "notFound", nullptr, NotFound, Nothing, ""},
    FailureRule{401, nullptr, nullptr, SignIn, Nothing, "Sign in again."},
    FailureRule{403, nullptr, nullptr, Permission, Subscription, kNoRight},
    FailureRule{404, nullptr, nullptr, NotFound, Nothing, ""},
    FailureRule{408, nullptr, nullptr, Transient, Nothing, ""},
    FailureRule{412, nullptr, nullptr, Transient, Nothing, ""},
    FailureRule{500, nullptr, nullptr, Transient, Nothing, ""},
    FailureRule{502, nullptr, nullptr, Transient, Nothing, ""},
    FailureRule{503, nullptr, nullptr, Transient, Nothing, ""},
    FailureRule{504, nullptr, nullptr, Transient, Nothing, ""},
};

bool fits(const FailureRule& rule, const CloudError& error)
{
    if (rule.status != 0 && rule.status != error.status) {
        return false;
    }
    const bool hasCode = rule.code == nullptr || error.hasCode(rule.code);
    const bool hasText = rule.text == nullptr
        || std::any_of(error.causes.begin(), error.causes.end(), [&](const ErrorCause& cause) {
               return cause.message.find(rule.text) != std::string::npos;
           });
    return hasCode && hasText;
}

} // namespace

std::span<const FailureRule> failureRules()
{
    return kRules;
}

Verdict classify(const CloudError& error)
{
    const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const FailureRule& each) { return fits(each, error); });
    if (rule == kRules.end()) {
        return Verdict{Permanent, Nothing, std::chrono::seconds(0), {}};
    }
    const bool passes = rule->failure == NoCapacity || rule->failure == Quota || rule->failure == NotOffered;
    return Verdict{rule->failure, rule->scope, passes ? std::chrono::hours(1) : std::chrono::hours(0), rule->advice};
}

} // namespace ty::cloud::gcp
