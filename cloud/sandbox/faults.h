#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cloud/sandbox/message.h"
#include "engine/base/random.h"

namespace ty::sandbox {

/// What is to go wrong with one request.
struct Fault {
    enum class Kind { None, Status, DropBefore, DropAfter, Half, ExpiredToken };
    Kind kind = Kind::None;
    std::chrono::milliseconds delay{0}; ///< before anything else happens; any kind
    int status = 503;
    std::string retryAfter; ///< seconds; empty: no header
    std::string code;
    std::string message;
};

/// A script of faults, as a test or a user writes it:
///
///     {"seed": 7, "rules": [
///       {"method": "PUT", "path": "*/virtualMachines/*", "nth": 2, "do": "status", "status": 429, "retryAfter": 3},
///       {"path": "*", "probability": 0.3, "do": "any"},
///       {"path": "*/instances*", "times": 1, "do": "drop", "when": "after"},
///       {"zone": "us-central1-a", "size": "*", "do": "ZONE_RESOURCE_POOL_EXHAUSTED"},
///       {"zone": "eastus", "size": "standardDSv5Family", "do": "quota", "limit": 0}]}
///
/// Rules about requests: method (any when absent), path (a pattern with '*', compared without case and without the query),
/// nth (a number or a list: which of the matching requests), every, probability (0 to 1), times (at most so often);
/// do: delay (milliseconds), status (status, retryAfter, code, message), drop (when: before or after the effect), half (the
/// answer breaks off), expired-token, any (one of these by lot). Every rule is asked; the first that strikes counts, delays add up.
/// Rules about places: zone (a zone, a region or a pattern), size (size or accelerator, a pattern), do: quota (limit), gives,
/// or the name of the failure.
class FaultScript {
public:
    FaultScript() = default;
    /// Errors: InvalidInput, naming the rule.
    static Result<FaultScript> parse(const Json& script);

    Fault strike(const Request& request);
    /// What the rules say about a size in a place: a failure's name, "gives", or nothing. The first of `places` that a
    /// rule names counts: give the zone first, then the region.
    std::optional<std::string> capacity(const std::vector<std::string>& places, const std::string& size) const;
    /// A limit that a quota rule sets for a family (or metric) in a region.
    std::optional<int> quota(const std::string& region, const std::string& family) const;
    const Json& text() const { return m_text; }

private:
    struct Rule {
        std::string method;
        std::string path;
        std::vector<int> nth;
        int every = 0;
        double probability = 1;
        int times = -1;
        std::string zone;
        std::string size;
        std::string act;
        Json settings;
        int seen = 0;
        int struck = 0;
    };
    bool isDue(Rule& rule);
    void apply(const Rule& rule, Fault& fault);

    std::vector<Rule> m_rules;
    Random m_random{1};
    Json m_text = Json::object();
};

/// Whether `text` fits `pattern`, in which '*' stands for anything; without case.
bool fitsPattern(const std::string& pattern, const std::string& text);

} // namespace ty::sandbox
