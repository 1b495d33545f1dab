#include "app/provisioning/nearest_region.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "engine/base/files.h"

namespace ty::app {

namespace {

constexpr const char* kTables[] = {"/usr/share/zoneinfo/zone1970.tab", "/usr/share/zoneinfo/zone.tab"};
constexpr const char* kLocalTime = "/etc/localtime";
constexpr std::string_view kZones = "/zoneinfo/";
constexpr double kMinutesPerDegree = 60;
constexpr double kSecondsPerDegree = 3600;

/// "+5230" or "-0004300": degrees with minutes, and perhaps seconds, behind them. `digits`: of the degrees.
std::optional<double> degreesOf(std::string_view text, std::size_t digits)
{
    const auto number = [&](std::size_t begin, std::size_t count) -> std::optional<double> {
        int value = 0;
        const std::string_view part = text.substr(begin, count);
        const auto read = std::from_chars(part.data(), part.data() + part.size(), value);
        return read.ec == std::errc() && read.ptr == part.data() + count ? std::optional<double>(value) : std::nullopt;
    };
    constexpr std::size_t kPair = 2;
    const bool hasSeconds = text.size() == 1 + digits + 2 * kPair;
    if (text.size() != 1 + digits + kPair && !hasSeconds) {
        return {};
    }
    const auto degrees = number(1, digits);
    const auto minutes = number(1 + digits, kPair);
    const auto seconds = hasSeconds ? number(1 + digits + kPair, kPair) : std::optional<double>(0);
    if (!degrees || !minutes || !seconds) {
        return {};
    }
    const double value = *degrees + *minutes / kMinutesPerDegree + *seconds / kSecondsPerDegree;
    return text.front() == '-' ? -value : value;
}

std::string systemTimeZone()
{
    if (const char* zone = std::getenv("TZ"); zone != nullptr && *zone != '\0') {
        return *zone == ':' ? zone + 1 : zone;
    }
    std::error_code problem;
    const std::string target = std::filesystem::read_symlink(kLocalTime, problem).string();
    const auto begin = target.find(kZones);
    return problem || begin == std::string::npos ? std::string() : target.substr(begin + kZones.size());
}

} // namespace

std::optional<cloud::GeoPoint> pointOfTimeZone(const std::string& zoneTab, const std::string& timeZone)
{
    std::istringstream lines(zoneTab);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string countries;
        std::string place;
        std::string zone;
        fields >> countries >> place >> zone;
        if (countries.starts_with('#') || zone != timeZone) {
            continue;
        }
        const auto middle = place.find_first_of("+-", 1);
        if (middle == std::string::npos) {
            return {};
        }
        constexpr std::size_t kLatitudeDigits = 2;
        constexpr std::size_t kLongitudeDigits = 3;
        const auto latitude = degreesOf(std::string_view(place).substr(0, middle), kLatitudeDigits);
        const auto longitude = degreesOf(std::string_view(place).substr(middle), kLongitudeDigits);
        return latitude && longitude ? std::optional(cloud::GeoPoint{*latitude, *longitude}) : std::nullopt;
    }
    return {};
}

std::optional<HomePlace> homePlace()
{
    const std::string zone = systemTimeZone();
    for (const char* table : kTables) {
        const auto text = zone.empty() ? Result<std::string>(std::string()) : readFile(table);
        if (const auto point = text ? pointOfTimeZone(*text, zone) : std::nullopt) {
            return HomePlace{zone, *point};
        }
    }
    return {};
}

std::optional<NearRegion> nearestRegion(const std::vector<std::string>& regions, const cloud::GeoPoint& home)
{
    std::optional<NearRegion> nearest;
    for (const std::string& region : regions) {
        const auto point = cloud::pointOf(region);
        const double distance = point ? cloud::kilometresBetween(*point, home) : 0;
        if (point && (!nearest || distance < nearest->kilometres)) {
            nearest = NearRegion{region, distance};
        }
    }
    return nearest;
}

} // namespace ty::app
