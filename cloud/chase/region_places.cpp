#include "cloud/chase/region_places.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <numbers>

namespace ty::cloud {

namespace {

constexpr double kEarthRadiusKm = 6371;

// Azure's as its list of locations tells them, Google's by the towns that its page of regions names.
constexpr std::array<RegionPlace, 102> kPlaces{{
    {"africa-south1", {-26.20, 28.05}},
    {"asia-east1", {24.05, 120.52}},
    {"asia-east2", {22.32, 114.17}},
    {"asia-northeast1", {35.69, 139.69}},
    {"asia-northeast2", {34.69, 135.50}},
    {"asia-northeast3", {37.57, 126.98}},
    {"asia-south1", {19.08, 72.88}},
    {"asia-south2", {28.61, 77.21}},
    {"asia-southeast1", {1.34, 103.71}},
    {"asia-southeast2", {-6.21, 106.85}},
    {"australia-southeast1", {-33.87, 151.21}},
    {"australia-southeast2", {-37.81, 144.96}},
    {"australiacentral", {-35.3075, 149.1244}},
    {"australiacentral2", {-35.3075, 149.1244}},
    {"australiaeast", {-33.86, 151.2094}},
    {"australiasoutheast", {-37.8136, 144.9631}},
    {"austriaeast", {48.2082, 16.3634}},
    {"belgiumcentral", {50.8466, 4.3557}},
    {"brazilsouth", {-23.55, -46.633}},
    {"brazilsoutheast", {-22.9028, -43.2075}},
    {"canadacentral", {43.653, -79.383}},
    {"canadaeast", {46.817, -71.217}},
    {"centralindia", {18.5822, 73.9197}},
    {"centralus", {41.5908, -93.6208}},
    {"chilecentral", {-33.4475, -70.6737}},
    {"denmarkeast", {55.6761, 12.5683}},
    {"eastasia", {22.267, 114.188}},
    {"eastus", {37.3719, -79.8164}},
    {"eastus2", {36.6681, -78.3889}},
    {"europe-central2", {52.23, 21.01}},
    {"europe-north1", {60.57, 27.19}},
    {"europe-north2", {59.33, 18.07}},
    {"europe-southwest1", {40.42, -3.70}},
    {"europe-west1", {50.45, 3.82}},
    {"europe-west10", {52.52, 13.40}},
    {"europe-west12", {45.07, 7.69}},
    {"europe-west2", {51.51, -0.13}},
    {"europe-west3", {50.11, 8.68}},
    {"europe-west4", {53.44, 6.83}},
    {"europe-west6", {47.38, 8.54}},
    {"europe-west8", {45.46, 9.19}},
    {"europe-west9", {48.86, 2.35}},
    {"francecentral", {46.3772, 2.373}},
    {"francesouth", {43.8345, 2.1972}},
    {"germanynorth", {53.0736, 8.8064}},
    {"germanywestcentral", {50.1109, 8.6821}},
    {"indonesiacentral", {-6.2, 106.8167}},
    {"israelcentral", {31.2656, 33.4507}},
    {"italynorth", {45.4689, 9.1811}},
    {"japaneast", {35.68, 139.77}},
    {"japanwest", {34.6939, 135.5022}},
    {"jioindiacentral", {21.1466, 79.0889}},
    {"jioindiawest", {22.4707, 70.0577}},
    {"koreacentral", {37.5665, 126.978}},
    {"koreasouth", {35.1796, 129.0756}},
    {"malaysiawest", {3.1409, 101.6932}},
    {"me-central1", {25.29, 51.53}},
    {"me-central2", {26.42, 50.10}},
    {"me-west1", {32.09, 34.78}},
    {"mexicocentral", {20.5888, -100.3899}},
    {"newzealandnorth", {-36.8485, 174.7635}},
    {"northamerica-northeast1", {45.50, -73.57}},
    {"northamerica-northeast2", {43.65, -79.38}},
    {"northamerica-south1", {20.59, -100.39}},
    {"northcentralus", {41.8819, -87.6278}},
    {"northeurope", {53.3478, -6.2597}},
    {"norwayeast", {59.9139, 10.7522}},
    {"norwaywest", {58.97, 5.7331}},
    {"polandcentral", {52.2333, 21.0167}},
    {"qatarcentral", {25.5515, 51.4393}},
    {"southafricanorth", {-25.7313, 28.2184}},
    {"southafricawest", {-34.0757, 18.8433}},
    {"southamerica-east1", {-23.53, -46.79}},
    {"southamerica-west1", {-33.45, -70.67}},
    {"southcentralus", {29.4167, -98.5}},
    {"southeastasia", {1.283, 103.833}},
    {"southindia", {12.9822, 80.1636}},
    {"spaincentral", {40.4259, -3.4209}},
    {"swedencentral", {60.6749, 17.1413}},
    {"swedensouth", {55.6059, 13.0007}},
    {"switzerlandnorth", {47.4515, 8.5646}},
    {"switzerlandwest", {46.2044, 6.1432}},
    {"taiwannorth", {25.033, 121.5654}},
    {"uaecentral", {24.4667, 54.3667}},
    {"uaenorth", {25.2667, 55.3167}},
    {"uksouth", {50.941, -0.799}},
    {"ukwest", {53.427, -3.084}},
    {"us-central1", {41.26, -95.86}},
    {"us-east1", {33.20, -80.01}},
    {"us-east4", {39.04, -77.49}},
    {"us-east5", {39.96, -83.00}},
    {"us-south1", {32.78, -96.80}},
    {"us-west1", {45.60, -121.18}},
    {"us-west2", {34.05, -118.24}},
    {"us-west3", {40.76, -111.89}},
    {"us-west4", {36.17, -115.14}},
    {"westcentralus", {40.89, -110.234}},
    {"westeurope", {52.3667, 4.9}},
    {"westindia", {19.088, 72.868}},
    {"westus", {37.783, -122.417}},
    {"westus2", {47.233, -119.852}},
    {"westus3", {33.4484, -112.074}},
}};

double radians(double degrees)
{
    return degrees * std::numbers::pi / 180;
}

std::optional<double> number(const std::string& text)
{
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string::npos) {
        return std::nullopt;
    }
    double value = 0;
    const char* last = text.data() + text.find_last_not_of(' ') + 1;
    const auto [end, code] = std::from_chars(text.data() + begin, last, value);
    return code == std::errc() && end == last ? std::optional(value) : std::nullopt;
}

} // namespace

std::span<const RegionPlace> regionPlaces()
{
    return kPlaces;
}

std::optional<GeoPoint> pointOf(const std::string& place)
{
    std::string folded;
    for (const char c : place) {
        folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const auto known
        = std::find_if(kPlaces.begin(), kPlaces.end(), [&](const RegionPlace& each) { return folded == each.name; });
    if (known != kPlaces.end()) {
        return known->point;
    }
    const auto comma = place.find(',');
    if (comma == std::string::npos) {
        return std::nullopt;
    }
    const auto latitude = number(place.substr(0, comma));
    const auto longitude = number(place.substr(comma + 1));
    const bool isOnEarth = latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180;
    return isOnEarth ? std::optional(GeoPoint{*latitude, *longitude}) : std::nullopt;
}

double kilometresBetween(const GeoPoint& a, const GeoPoint& b)
{
    // The haversine formula, which is exact enough for near points, too.
    const double height = std::sin(radians(b.latitude - a.latitude) / 2);
    const double width = std::sin(radians(b.longitude - a.longitude) / 2);
    const double chord
        = height * height + std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * width * width;
    return 2 * kEarthRadiusKm * std::asin(std::min(1.0, std::sqrt(chord)));
}

} // namespace ty::cloud
