#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/failure.h"
#include "cloud/model/fields.h"

namespace ty::cloud {

/// What is known of one place of a chase, from "to be tried" to its end.
enum class ChaseOutcome : std::uint8_t {
    Waiting,    ///< to be tried
    Trying,     ///< an attempt is under way
    Given,      ///< a machine stood
    NotOffered, ///< this GPU does not exist there, or not for this subscription
    NoCapacity, ///< offered, and sold out now
    Quota,      ///< our own limit does not allow it
    Permission, ///< signed in, and not allowed
    Transient,  ///< no answer, or the provider is out of order: nothing is known of the place
    Problem,    ///< the request itself was refused; the reason says why
    NoPrice,    ///< not tried: nobody knows what it costs
    OverCap,    ///< not tried: it may cost more than is left
    NotTried,   ///< the chase ended before
};

/// "given", "no-capacity" ...: for JSON, CSV and the catalog.
const char* chaseOutcomeName(ChaseOutcome outcome);
/// Inverse; Waiting for unknown names.
ChaseOutcome chaseOutcomeFromName(const std::string& name);
ChaseOutcome chaseOutcomeOf(FailureClass failure);
/// Nothing more will become known of it in this chase.
bool isDecided(ChaseOutcome outcome);

/// A zone of one account (a region where it has none): what is offered there, and what came of it.
struct ChasePlace {
    std::string account;
    std::string provider; ///< "azure" or "google"
    std::string scope;    ///< subscription or project
    std::string region;
    std::string zone;   ///< Azure "1" to "3", Google "europe-west4-a"; empty: the region as a whole
    std::string gpu;    ///< in the provider's words: "NVIDIA T4", "nvidia-tesla-t4"
    std::string size;   ///< machine size; empty: none was found
    std::string family; ///< of the quota
    std::optional<double> latitude;
    std::optional<double> longitude;
    std::optional<double> kilometres;  ///< from where distances count
    std::optional<bool> isOffered;     ///< nothing: could not be read
    std::optional<double> quotaLeft;   ///< in quotaUnit; nothing: the provider does not tell
    std::optional<double> quotaNeeded;
    std::string quotaUnit;             ///< "vCPU" or "GPU"
    std::optional<double> usdPerHour;  ///< of the whole machine; nothing: unknown, which is not 0

    // What came of it.
    std::string outcome = "waiting";
    std::string reason; ///< a sentence; empty while there is none
    std::string code;   ///< the provider's
    std::string machine;
    std::string tried;               ///< when the attempt began, UTC; empty: none was made
    std::optional<double> seconds;   ///< from then until the answer was known
    std::optional<double> usdSpent;  ///< of a machine that stood; nothing with one whose price is unknown
    std::optional<std::int64_t> tries; ///< attempts made; more than one only where nothing became known
    std::optional<bool> isKept;
    std::optional<bool> isLeft; ///< something of it may still be there

    void fields(auto& f)
    {
        f("account", account);
        f("provider", provider);
        f("scope", scope);
        f("region", region);
        f("zone", zone);
        f("gpu", gpu);
        f("size", size);
        f("family", family);
        f("latitude", latitude);
        f("longitude", longitude);
        f("kilometres", kilometres);
        f("offered", isOffered);
        f("quotaLeft", quotaLeft);
        f("quotaNeeded", quotaNeeded);
        f("quotaUnit", quotaUnit);
        f("usdPerHour", usdPerHour);
        f("outcome", outcome);
        f("reason", reason);
        f("code", code);
        f("machine", machine);
        f("tried", tried);
        f("seconds", seconds);
        f("usdSpent", usdSpent);
        f("tries", tries);
        f("kept", isKept);
        f("left", isLeft);
    }

    ChaseOutcome result() const { return chaseOutcomeFromName(outcome); }
    void setResult(ChaseOutcome result, std::string why = {});
    /// Names the place in the journal: "sandbox|westeurope|1".
    std::string key() const { return account + "|" + region + "|" + zone; }
    /// "westeurope/1", "europe-west4-a".
    std::string name() const;
};

Json toJson(const std::vector<ChasePlace>& places);

} // namespace ty::cloud
