#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/chase/region_places.h"

namespace ty::app {

/// Where this computer stands, as far as its time zone tells.
struct HomePlace {
    std::string timeZone; ///< "Europe/Berlin"
    cloud::GeoPoint point;
};

/// The region that is nearest to there.
struct NearRegion {
    std::string name;
    double kilometres = 0;
};

/// `zoneTab`: the text of the time zones' zone1970.tab or zone.tab; nothing for a zone without a place, such as UTC.
std::optional<cloud::GeoPoint> pointOfTimeZone(const std::string& zoneTab, const std::string& timeZone);
/// By the environment's TZ, else by what /etc/localtime links to. Reads files.
std::optional<HomePlace> homePlace();
/// Among `regions`, of those whose place is known. Nothing: of none.
std::optional<NearRegion> nearestRegion(const std::vector<std::string>& regions, const cloud::GeoPoint& home);

} // namespace ty::app
