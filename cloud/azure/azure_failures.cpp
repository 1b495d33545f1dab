#include "cloud/azure/azure_failures.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "cloud/azure/resource.h"
#include "cloud/model/quota_text.h"

namespace ty::cloud::azure {

namespace {

using enum FailureClass;
using enum BlockScope;

constexpr int kHour = 3600;
constexpr const char* kElsewhere = "Choose another size, zone or region.";
constexpr const char* kLessConstraints = "Drop a constraint (zone, ephemeral disk, accelerated networking) or choose another size or zone.";
constexpr const char* kAskForQuota = "Ask for more quota, or choose another region.";
constexpr const char* kNoRight = "Ask an administrator of the subscription for the role that the message names.";

// Source: Azure/karpenter-provider-azure and azure-sdk-for-go-extensions (order of the checks, block times), SkyPilot,
// MicrosoftDocs common-deployment-errors, and recorded answers.
constexpr std::array kRules{
    FailureRule{0, "RetryableErrorDueToAnotherOperation", nullptr, Transient, Nothing, 0, ""},
    FailureRule{429, nullptr, nullptr, Throttled, Nothing, 0, ""},
    FailureRule{0, "OperationNotAllowed", "LowPriorityCores", Quota, RegionSpot, kHour, "Choose a regular machine, or another region."},
    FailureRule{0, "OperationNotAllowed", "Family Cores quota", Quota, Family, 600, "Choose another family of sizes, another region, or ask for more quota."},
    FailureRule{0, "OperationNotAllowed", "Total Regional Cores quota", Quota, WholeRegion, kHour, "No size helps in this region: choose another, or ask for more quota."},
    FailureRule{0, "OperationNotAllowed", "exceeding quota limits", Quota, WholeRegion, kHour, kAskForQuota},
    FailureRule{0, "OperationNotAllowed", "too many requests", Throttled, Nothing, 0, ""},
    FailureRule{0, "QuotaExceeded", "Family Cores quota", Quota, Family, 600, kAskForQuota},
    FailureRule{0, "QuotaExceeded", nullptr, Quota, WholeRegion, 600, kAskForQuota},
    FailureRule{0, "SkuNotAvailable", "NotAvailableForSubscription", NotOffered, Region, 23 * kHour, kElsewhere},
    FailureRule{0, "SkuNotAvailable", nullptr, NoCapacity, Region, 23 * kHour, kElsewhere},
    FailureRule{0, "OverconstrainedZonalAllocationRequest", nullptr, NoCapacity, Zone, kHour, kLessConstraints},
    FailureRule{0, "ZonalAllocationFailed", nullptr, NoCapacity, Zone, kHour, kElsewhere},
    FailureRule{0, "OverconstrainedAllocationRequest", nullptr, NoCapacity, Region, kHour, kLessConstraints},
    FailureRule{0, "AllocationFailed", nullptr, NoCapacity, Region, kHour, kElsewhere},
    FailureRule{0, "TooManyRequests", nullptr, Throttled, Nothing, 0, ""},
    FailureRule{0, "PublicIPCountLimitReached", nullptr, Quota, WholeRegion, 600, "Release public addresses, or create the machine without one."},
    FailureRule{0, "NicReservedForAnotherVm", nullptr, Transient, Nothing, 180, ""},
    FailureRule{0, "MissingSubscriptionRegistration", nullptr, Unregistered, Nothing, 0, "The subscription has to register this service first."},
    FailureRule{0, "ReadOnlyDisabledSubscription", nullptr, Permission, Subscription, 0, "The subscription is disabled; enable it in the Azure portal."},
    FailureRule{0, "AuthorizationFailed", nullptr, Permission, Subscription, 0, kNoRight},
    FailureRule{0, "LinkedAuthorizationFailed", nullptr, Permission, Subscription, 0, kNoRight},
    FailureRule{0, "RequestDisallowedByPolicy", nullptr, Permission, Nothing, 0, "A policy of the subscription forbids this; the message names it."},
    FailureRule{0, "ExpiredAuthenticationToken", nullptr, SignIn, Nothing, 0, "Sign in again."},
    FailureRule{0, "InvalidAuthenticationTokenTenant", nullptr, SignIn, Nothing, 0, "Sign in to the tenant of this subscription."},
    FailureRule{0, "SubscriptionNotFound", nullptr, Permanent, Subscription, 0, "Choose another subscription."},
    FailureRule{0, "ResourceGroupNotFound", nullptr, NotFound, Nothing, 0, ""},
    FailureRule{0, "ResourceNotFound", nullptr, NotFound, Nothing, 0, ""},
    FailureRule{0, "RegionDoesNotAllowProvisioning", nullptr, NotOffered, WholeRegion, 24 * kHour, "Choose another region."},
    FailureRule{0, "LocationNotAvailableForResourceType", nullptr, NotOffered, WholeRegion, 24 * kHour, "Choose another region."},
    FailureRule{0, "InsufficientSubnetSize", nullptr, Permanent, Nothing, 0, "Use a larger subnet."},
    FailureRule{0, "SubnetIsFull", nullptr, Permanent, Nothing, 0, "Use a larger or another subnet."},
    FailureRule{0, "PropertyChangeNotAllowed", nullptr, Permanent, Nothing, 0, ""},
    FailureRule{0, "InvalidParameter", nullptr, Permanent, Nothing, 0, ""},
    FailureRule{0, "ImageNotFound", nullptr, Permanent, Nothing, 0, "Choose another image."},
    FailureRule{0, "PlatformImageNotFound", nullptr, Permanent, Nothing, 0, "Choose another image."},
    // Somebody made the group in another region just before us: it is there, which was all that was wanted.
    FailureRule{0, "InvalidResourceGroupLocation", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "ResourceGroupBeingDeleted", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "ResourceGroupDeletionTimeout", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "AnotherOperationInProgress", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "RetryableError", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "Conflict", "busy", Transient, Nothing, 0, ""},
    FailureRule{0, "InternalExecutionError", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "InternalServerError", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "ServerTimeout", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "GatewayTimeout", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "OSProvisioningTimedOut", nullptr, Transient, Nothing, 0, ""},
    FailureRule{0, "OperationNotAllowed", nullptr, Permanent, Nothing, 0, ""},
    FailureRule{401, nullptr, nullptr, SignIn, Nothing, 0, "Sign in again."},
    FailureRule{403, nullptr, nullptr, Permission, Nothing, 0, kNoRight},
    FailureRule{404, nullptr, nullptr, NotFound, Nothing, 0, ""},
    FailureRule{408, nullptr, nullptr, Transient, Nothing, 0, ""},
    FailureRule{500, nullptr, nullptr, Transient, Nothing, 0, ""},
    FailureRule{502, nullptr, nullptr, Transient, Nothing, 0, ""},
    FailureRule{503, nullptr, nullptr, Transient, Nothing, 0, ""},
    FailureRule{504, nullptr, nullptr, Transient, Nothing, 0, ""},
};

bool holdsText(const std::string& message, const char* part)
{
    const std::string wanted(part);
    const auto found = std::search(message.begin(), message.end(), wanted.begin(), wanted.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
    return found != message.end();
}

bool fits(const FailureRule& rule, const CloudError& error)
{
    if (rule.status != 0 && rule.status != error.status) {
        return false;
    }
    if (rule.code == nullptr) {
        return true;
    }
    return std::any_of(error.causes.begin(), error.causes.end(), [&](const ErrorCause& cause) {
        return isSame(cause.code, rule.code) && (rule.text == nullptr || holdsText(cause.message, rule.text));
    });
}

} // namespace

std::span<const FailureRule> failureRules()
{
    return kRules;
}

Verdict classify(const CloudError& error, PriceClass price)
{
    const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const FailureRule& each) { return fits(each, error); });
    if (rule == kRules.end()) {
        return Verdict{Permanent, Nothing, std::chrono::seconds(0), {}};
    }
    Verdict verdict{rule->failure, rule->scope, std::chrono::seconds(rule->blockSeconds), rule->advice};
    if (error.hasCode("SkuNotAvailable") && price == PriceClass::Spot) {
        verdict.blockFor = std::chrono::seconds(kHour); // spot comes back sooner than a closed size
    }
    if (verdict.scope == Family) {
        for (const ErrorCause& cause : error.causes) {
            const auto numbers = parseQuotaText(cause.message);
            if (numbers && numbers->limit == 0) {
                verdict.blockFor = std::chrono::seconds(kHour); // somebody has to ask for it first
            }
        }
    }
    return verdict;
}

} // namespace ty::cloud::azure
