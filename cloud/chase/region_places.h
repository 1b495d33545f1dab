#pragma once

#include <optional>
#include <span>
#include <string>

namespace ty::cloud {

/// A point on Earth, in degrees.
struct GeoPoint {
    double latitude = 0;
    double longitude = 0;
};

/// Where a region is, near enough for a map.
struct RegionPlace {
    const char* name; ///< "europe-west4", "westeurope"
    GeoPoint point;
};

/// Regions of both providers. Azure tells its own places; these stand in where an answer leaves them out.
std::span<const RegionPlace> regionPlaces();
/// A region of the table, or "latitude,longitude". Nothing for anything else.
std::optional<GeoPoint> pointOf(const std::string& place);
/// Along a great circle.
double kilometresBetween(const GeoPoint& a, const GeoPoint& b);

} // namespace ty::cloud
