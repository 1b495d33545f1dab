#include "cloud/chase/utc_time.h"

#include <cstdio>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace ty::cloud {

using namespace std::chrono;

std::string utcText(system_clock::time_point time)
{
    const auto millis = duration_cast<milliseconds>(time.time_since_epoch()).count() % 1000;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03d}Z", fmt::gmtime(system_clock::to_time_t(time)), millis);
}

std::optional<system_clock::time_point> utcTime(const std::string& text)
{
    std::tm parts{};
    int millis = 0;
    const int read = std::sscanf(
        text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour,
        &parts.tm_min, &parts.tm_sec, &millis);
    if (read < 6 || !text.ends_with('Z')) {
        return std::nullopt;
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return system_clock::from_time_t(::timegm(&parts)) + milliseconds(millis);
}

} // namespace ty::cloud
