#include "cloud/sandbox/clock.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

std::tm utc(TimePoint time)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    const auto number = static_cast<std::time_t>(seconds);
    std::tm parts{};
    gmtime_r(&number, &parts);
    return parts;
}

long decimals(TimePoint time)
{
    return static_cast<long>((time - std::chrono::floor<std::chrono::seconds>(time)).count());
}

std::string text(const std::tm& parts, const char* format)
{
    char buffer[64] = {};
    const auto length = std::strftime(buffer, sizeof buffer, format, &parts);
    return std::string(buffer, length);
}

} // namespace

TimePoint SystemClock::now() const
{
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration Pace::of(double seconds) const
{
    return Duration(static_cast<std::int64_t>(seconds * 1e6 / m_scale));
}

std::chrono::milliseconds Pace::wait(double seconds) const
{
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::max(1.0, std::ceil(seconds * 1e3 / m_scale))));
}

std::string isoTime(TimePoint time)
{
    return text(utc(time), "%Y-%m-%dT%H:%M:%S") + fmt::format(".{:06d}0Z", decimals(time));
}

std::string offsetTime(TimePoint time)
{
    return text(utc(time), "%Y-%m-%dT%H:%M:%S") + fmt::format(".{:03d}-00:00", decimals(time) / 1000);
}

std::string isoSeconds(TimePoint time)
{
    return text(utc(time), "%Y-%m-%dT%H:%M:%SZ");
}

std::string httpTime(TimePoint time)
{
    return text(utc(time), "%a, %d %b %Y %H:%M:%S GMT");
}

TimePoint parseIsoTime(const std::string& given)
{
    std::tm parts{};
    double seconds = 0;
    if (std::sscanf(
            given.c_str(), "%d-%d-%dT%d:%d:%lf", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour,
            &parts.tm_min, &seconds)
        < 5) {
        return {};
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    const auto whole = std::chrono::seconds(timegm(&parts));
    return TimePoint(whole) + Duration(static_cast<std::int64_t>(seconds * 1e6));
}

std::int64_t toMicroseconds(TimePoint time)
{
    return time.time_since_epoch().count();
}

TimePoint fromMicroseconds(std::int64_t microseconds)
{
    return TimePoint(Duration(microseconds));
}

} // namespace ty::sandbox
