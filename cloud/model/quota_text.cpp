#include "cloud/model/quota_text.h"

#include <charconv>
#include <string_view>

namespace ty::cloud {

namespace {

/// What stands between `before` and the next `after`; empty when either is missing.
std::string between(std::string_view text, std::string_view before, std::string_view after)
{
    const auto start = text.find(before);
    if (start == std::string_view::npos) {
        return {};
    }
    const auto rest = text.substr(start + before.size());
    const auto end = rest.find(after);
    return end == std::string_view::npos ? std::string() : std::string(rest.substr(0, end));
}

/// The whole number after `label`; decimals ("0.0") are cut.
std::optional<std::int64_t> numberAfter(std::string_view text, std::string_view label)
{
    const auto start = text.find(label);
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    auto rest = text.substr(start + label.size());
    while (!rest.empty() && rest.front() == ' ') {
        rest.remove_prefix(1);
    }
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    return code == std::errc() ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<QuotaNumbers> parseQuotaText(const std::string& message)
{
    QuotaNumbers numbers;
    if (message.find("Current Limit:") != std::string::npos) {
        numbers.name = between(message, "exceeding approved ", " quota");
        numbers.place = between(message, "Location: ", ",");
        numbers.limit = numberAfter(message, "Current Limit:");
        numbers.usage = numberAfter(message, "Current Usage:");
        numbers.required = numberAfter(message, "Additional Required:");
        numbers.newLimit = numberAfter(message, "New Limit Required:");
        return numbers;
    }
    if (message.find("Maximum allowed:") != std::string::npos) {
        numbers.name = between(message, "quota limits of ", ".");
        numbers.limit = numberAfter(message, "Maximum allowed:");
        numbers.usage = numberAfter(message, "Current in use:");
        numbers.required = numberAfter(message, "Additional requested:");
        return numbers;
    }
    if (message.find("Quota '") != std::string::npos && message.find("exceeded") != std::string::npos) {
        numbers.name = between(message, "Quota '", "'");
        numbers.place = between(message, "in region ", ".");
        numbers.limit = numberAfter(message, "Limit:");
        return numbers;
    }
    return std::nullopt;
}

} // namespace ty::cloud
