#include "cloud/http/message.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

namespace ty::cloud {

namespace {

bool isSameName(const std::string& a, const std::string& b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
               return std::tolower(x) == std::tolower(y);
           });
}

std::optional<std::int64_t> wholeNumber(const std::string& text)
{
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isAll = end == text.data() + text.size();
    return code == std::errc() && isAll && value >= 0 ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<std::string> Headers::find(const std::string& name) const
{
    const auto it = std::find_if(m_fields.begin(), m_fields.end(), [&](const Field& f) { return isSameName(f.first, name); });
    return it == m_fields.end() ? std::nullopt : std::optional(it->second);
}

void Headers::add(std::string name, std::string value)
{
    m_fields.emplace_back(std::move(name), std::move(value));
}

void Headers::set(const std::string& name, std::string value)
{
    std::erase_if(m_fields, [&](const Field& f) { return isSameName(f.first, name); });
    add(name, std::move(value));
}

std::optional<std::chrono::milliseconds> retryAfter(const Headers& headers)
{
    constexpr std::int64_t kMostSeconds = 24 * 3600; // more is a broken answer, and must not overflow
    for (const char* name : {"retry-after-ms", "x-ms-retry-after-ms"}) {
        if (const auto text = headers.find(name)) {
            if (const auto millis = wholeNumber(*text)) {
                return std::chrono::milliseconds(std::min(*millis, kMostSeconds * 1000));
            }
        }
    }
    if (const auto text = headers.find("Retry-After")) {
        if (const auto seconds = wholeNumber(*text)) {
            return std::chrono::seconds(std::min(*seconds, kMostSeconds));
        }
    }
    return std::nullopt;
}

} // namespace ty::cloud
