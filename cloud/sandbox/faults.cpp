#include "cloud/sandbox/faults.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

bool isAboutPlaces(const std::string& zone)
{
    return !zone.empty();
}

const std::array<const char*, 6> kRequestActs{"delay", "status", "drop", "half", "expired-token", "any"};

} // namespace

bool fitsPattern(const std::string& pattern, const std::string& text)
{
    const std::string wanted = lowerCase(pattern);
    const std::string given = lowerCase(text);
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string::npos;
    std::size_t mark = 0;
    while (t < given.size()) {
        if (p < wanted.size() && wanted[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < wanted.size() && wanted[p] == given[t]) {
            ++p;
            ++t;
        } else if (star != std::string::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < wanted.size() && wanted[p] == '*') {
        ++p;
    }
    return p == wanted.size();
}

Result<FaultScript> FaultScript::parse(const Json& text)
{
    FaultScript script;
    script.m_text = text;
    TY_TRY(const std::uint64_t seed, jsonFieldOr<std::uint64_t>(text, "seed", 1, "fault script"));
    script.m_random = Random(seed);
    TY_TRY(const Json rules, jsonFieldOr<Json>(text, "rules", Json::array(), "fault script"));
    int number = 0;
    for (const auto& given : rules) {
        const std::string what = fmt::format("fault script, rule {}", ++number);
        Rule rule;
        TY_TRY(rule.method, jsonFieldOr<std::string>(given, "method", "", what));
        TY_TRY(rule.path, jsonFieldOr<std::string>(given, "path", "*", what));
        TY_TRY(rule.every, jsonFieldOr<int>(given, "every", 0, what));
        TY_TRY(rule.probability, jsonFieldOr<double>(given, "probability", 1, what));
        TY_TRY(rule.times, jsonFieldOr<int>(given, "times", -1, what));
        TY_TRY(rule.zone, jsonFieldOr<std::string>(given, "zone", "", what));
        TY_TRY(rule.size, jsonFieldOr<std::string>(given, "size", "*", what));
        TY_TRY(rule.act, jsonField<std::string>(given, "do", what));
        if (const auto nth = given.find("nth"); nth != given.end()) {
            for (const auto& value : nth->is_array() ? *nth : Json::array({*nth})) {
                if (!value.is_number_integer()) {
                    return Error{ErrorKind::InvalidInput, what + ": nth is a number or a list of numbers", ""};
                }
                rule.nth.push_back(value.get<int>());
            }
        }
        const bool isRequestAct = std::find(kRequestActs.begin(), kRequestActs.end(), rule.act) != kRequestActs.end();
        if (isRequestAct == isAboutPlaces(rule.zone)) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{}: \"{}\" {}", what, rule.act, isRequestAct ? "is about requests, not zones" : "needs a zone"), ""};
        }
        rule.settings = given;
        script.m_rules.push_back(std::move(rule));
    }
    return script;
}

bool FaultScript::isDue(Rule& rule)
{
    ++rule.seen;
    if (rule.times >= 0 && rule.struck >= rule.times) {
        return false;
    }
    if (!rule.nth.empty() && std::find(rule.nth.begin(), rule.nth.end(), rule.seen) == rule.nth.end()) {
        return false;
    }
    if (rule.every > 0 && rule.seen % rule.every != 0) {
        return false;
    }
    if (rule.probability < 1 && m_random.uniform() >= rule.probability) {
        return false;
    }
    ++rule.struck;
    return true;
}

void FaultScript::apply(const Rule& rule, Fault& fault)
{
    std::string act = rule.act;
    const Json& settings = rule.settings;
    if (act == "any") {
        constexpr std::array kLot{"status429", "status500", "status503", "dropBefore", "dropAfter", "half"};
        const std::string lot = kLot[m_random.below(kLot.size())];
        fault.kind = lot == "dropBefore" ? Fault::Kind::DropBefore
            : lot == "dropAfter"         ? Fault::Kind::DropAfter
            : lot == "half"              ? Fault::Kind::Half
                                         : Fault::Kind::Status;
        fault.status = lot == "status429" ? 429 : lot == "status500" ? 500 : 503;
        fault.retryAfter = std::string(lot == "status500" ? "" : "1");
    } else if (act == "status") {
        fault.kind = Fault::Kind::Status;
        fault.status = settings.value("status", 503);
        const auto wait = settings.find("retryAfter");
        fault.retryAfter = wait == settings.end() ? std::string() : fmt::format("{}", wait->get<int>());
    } else if (act == "drop") {
        fault.kind = settings.value("when", "before") == "after" ? Fault::Kind::DropAfter : Fault::Kind::DropBefore;
    } else if (act == "half") {
        fault.kind = Fault::Kind::Half;
    } else if (act == "expired-token") {
        fault.kind = Fault::Kind::ExpiredToken;
    }
    const char* code = fault.status == 429 ? "TooManyRequests"
        : fault.status == 409              ? "Conflict"
        : fault.status == 412              ? "PreconditionFailed"
        : fault.status == 503              ? "ServerBusy"
                                           : "InternalServerError";
    fault.code = settings.value("code", code);
    fault.message = settings.value("message", "A fault from the sandbox's script.");
}

Fault FaultScript::strike(const Request& request)
{
    Fault fault;
    const std::string path = request.target.substr(0, request.target.find('?'));
    for (auto& rule : m_rules) {
        const bool isMatch = !isAboutPlaces(rule.zone) && (rule.method.empty() || rule.method == request.method)
            && fitsPattern(rule.path, path);
        if (!isMatch || (rule.act != "delay" && fault.kind != Fault::Kind::None) || !isDue(rule)) {
            continue;
        }
        if (rule.act == "delay") {
            fault.delay += std::chrono::milliseconds(rule.settings.value("milliseconds", 0));
        } else {
            apply(rule, fault);
        }
    }
    return fault;
}

std::optional<std::string> FaultScript::capacity(const std::vector<std::string>& places, const std::string& size) const
{
    for (const auto& place : places) {
        for (const auto& rule : m_rules) {
            if (!place.empty() && isAboutPlaces(rule.zone) && rule.act != "quota" && fitsPattern(rule.zone, place)
                && fitsPattern(rule.size, size)) {
                return rule.act;
            }
        }
    }
    return std::nullopt;
}

std::optional<int> FaultScript::quota(const std::string& region, const std::string& family) const
{
    for (const auto& rule : m_rules) {
        if (rule.act == "quota" && fitsPattern(rule.zone, region) && fitsPattern(rule.size, family)) {
            return rule.settings.value("limit", 0);
        }
    }
    return std::nullopt;
}

} // namespace ty::sandbox
