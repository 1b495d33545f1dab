#include "cloud/model/utc_time.h"

#include <chrono>
#include <cstdio>

namespace ty::cloud {

namespace {

using namespace std::chrono;

constexpr std::size_t kDateTimeLetters = 19; // "2026-11-21T10:00:00"

/// Of "+01:00", "-0530" or "Z" and nothing more.
std::optional<std::int64_t> offsetSeconds(const std::string& text)
{
    if (text.empty() || text == "Z" || text == "z") {
        return 0;
    }
    char sign = 0;
    int hours = 0;
    int minutes = 0;
    int end = 0;
    const bool isRead = std::sscanf(text.c_str(), "%c%2d:%2d%n", &sign, &hours, &minutes, &end) == 3
        || std::sscanf(text.c_str(), "%c%2d%2d%n", &sign, &hours, &minutes, &end) == 3;
    if (!isRead || static_cast<std::size_t>(end) != text.size() || (sign != '+' && sign != '-')) {
        return {};
    }
    const std::int64_t seconds = (hours * 60 + minutes) * 60;
    return sign == '+' ? seconds : -seconds;
}

} // namespace

std::optional<std::int64_t> unixSeconds(const std::string& text)
{
    int y = 0;
    int mon = 0;
    int d = 0;
    int h = 0;
    int min = 0;
    int s = 0;
    int end = 0;
    const int read = std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &y, &mon, &d, &h, &min, &s, &end);
    if (read != 6 || static_cast<std::size_t>(end) != kDateTimeLetters) {
        return {};
    }
    const year_month_day date{year(y), month(static_cast<unsigned>(mon)), day(static_cast<unsigned>(d))};
    if (!date.ok() || h < 0 || h > 23 || min < 0 || min > 59 || s < 0 || s > 60) {
        return {};
    }
    std::size_t rest = kDateTimeLetters;
    if (rest < text.size() && text[rest] == '.') {
        rest = text.find_first_not_of("0123456789", rest + 1);
    }
    const auto offset = offsetSeconds(rest < text.size() ? text.substr(rest) : std::string());
    if (!offset) {
        return {};
    }
    const auto time = sys_days(date) + hours(h) + minutes(min) + seconds(s);
    return time.time_since_epoch().count() - *offset;
}

std::string utcText(std::int64_t seconds)
{
    const sys_seconds time{std::chrono::seconds(seconds)};
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);
    char text[40];
    std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text;
}

} // namespace ty::cloud
