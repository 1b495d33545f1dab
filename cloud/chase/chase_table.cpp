#include "cloud/chase/chase_table.h"

#include <string_view>

#include <fmt/format.h>

namespace ty::cloud {

namespace {

constexpr const char* kHead = "zone,gpu,offered,allocated,reason,time,seconds,usd_per_hour,outcome,code,region,account,"
                              "provider,size,quota_left,quota_needed,quota_unit,kilometres,usd_spent,machine,kept\n";

/// Text of a provider may be anything.
std::string cell(std::string text)
{
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
        text.insert(text.begin(), '\'');
    }
    if (text.find_first_of("\",\n\r") == std::string::npos) {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::string number(const std::optional<double>& value)
{
    return value ? fmt::format("{:.6g}", *value) : std::string();
}

} // namespace

const char* offeredText(const ChasePlace& place)
{
    return !place.isOffered ? "" : *place.isOffered ? "yes" : "no";
}

const char* allocatedText(const ChasePlace& place)
{
    switch (place.result()) {
    case ChaseOutcome::Given: return "yes";
    case ChaseOutcome::NotOffered:
    case ChaseOutcome::NoCapacity:
    case ChaseOutcome::Quota:
    case ChaseOutcome::Permission:
    case ChaseOutcome::Problem: return "no";
    default: return "";
    }
}

std::string chaseCsv(const std::vector<ChasePlace>& places)
{
    std::string csv = kHead;
    for (const ChasePlace& place : places) {
        csv += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", cell(place.name()), cell(place.gpu),
            offeredText(place), allocatedText(place), cell(place.reason), cell(place.tried), number(place.seconds),
            number(place.usdPerHour), place.outcome, cell(place.code), cell(place.region), cell(place.account),
            place.provider, cell(place.size), number(place.quotaLeft), number(place.quotaNeeded), place.quotaUnit,
            number(place.kilometres), number(place.usdSpent), cell(place.machine),
            place.isKept.value_or(false) ? "yes" : place.result() == ChaseOutcome::Given ? "no" : "");
    }
    return csv;
}

} // namespace ty::cloud
