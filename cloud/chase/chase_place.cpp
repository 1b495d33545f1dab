#include "cloud/chase/chase_place.h"

#include <array>
#include <utility>

namespace ty::cloud {

namespace {

using enum ChaseOutcome;

constexpr std::array<std::pair<ChaseOutcome, const char*>, 12> kNames{{
    {Waiting, "waiting"},
    {Trying, "trying"},
    {Given, "given"},
    {NotOffered, "not-offered"},
    {NoCapacity, "no-capacity"},
    {Quota, "quota"},
    {Permission, "permission"},
    {Transient, "transient"},
    {Problem, "problem"},
    {NoPrice, "no-price"},
    {OverCap, "over-cap"},
    {NotTried, "not-tried"},
}};

} // namespace

const char* chaseOutcomeName(ChaseOutcome outcome)
{
    for (const auto& [value, name] : kNames) {
        if (value == outcome) {
            return name;
        }
    }
    return "waiting";
}

ChaseOutcome chaseOutcomeFromName(const std::string& name)
{
    for (const auto& [value, known] : kNames) {
        if (name == known) {
            return value;
        }
    }
    return Waiting;
}

ChaseOutcome chaseOutcomeOf(FailureClass failure)
{
    switch (failure) {
    case FailureClass::NotOffered: return NotOffered;
    case FailureClass::NoCapacity: return NoCapacity;
    case FailureClass::Quota: return Quota;
    case FailureClass::Permission:
    case FailureClass::SignIn:
    case FailureClass::Unregistered: return Permission;
    case FailureClass::Throttled:
    case FailureClass::Transient: return Transient;
    case FailureClass::NotFound:
    case FailureClass::Permanent: break;
    }
    return Problem;
}

bool isDecided(ChaseOutcome outcome)
{
    return outcome != Waiting && outcome != Trying;
}

void ChasePlace::setResult(ChaseOutcome result, std::string why)
{
    outcome = chaseOutcomeName(result);
    reason = std::move(why);
}

std::string ChasePlace::name() const
{
    if (zone.empty()) {
        return region;
    }
    return provider == "google" ? zone : region + "/" + zone;
}

Json toJson(const std::vector<ChasePlace>& places)
{
    Json list = Json::array();
    for (const ChasePlace& place : places) {
        list.push_back(toJson(place));
    }
    return list;
}

} // namespace ty::cloud
