#include "cloud/sandbox/azure_regions.h"

#include <algorithm>

#include <fmt/format.h>

#include "cloud/sandbox/message.h"

namespace ty::sandbox {

namespace {

std::string withoutSpaces(std::string name)
{
    name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
    return lowerCase(name);
}

} // namespace

const std::vector<AzureRegion>& azureRegions()
{
    // Names and coordinates of the first 47 as recorded from the real service in 2021; the others were opened since.
    static const std::vector<AzureRegion> regions{
        {"eastasia", "East Asia", "AP East", "Asia Pacific", 114.188, 22.267, true, "southeastasia"},
        {"southeastasia", "Southeast Asia", "AP Southeast", "Asia Pacific", 103.833, 1.283, true, "eastasia"},
        {"centralus", "Central US", "US Central", "US", -93.6208, 41.5908, true, "eastus2"},
        {"eastus", "East US", "US East", "US", -79.8164, 37.3719, true, "westus"},
        {"eastus2", "East US 2", "US East 2", "US", -78.3889, 36.6681, true, "centralus"},
        {"westus", "West US", "US West", "US", -122.417, 37.783, false, "eastus"},
        {"northcentralus", "North Central US", "US North Central", "US", -87.6278, 41.8819, false, "southcentralus"},
        {"southcentralus", "South Central US", "US South Central", "US", -98.5, 29.4167, true, "northcentralus"},
        {"northeurope", "North Europe", "EU North", "Europe", -6.2597, 53.3478, true, "westeurope"},
        {"westeurope", "West Europe", "EU West", "Europe", 4.9, 52.3667, true, "northeurope"},
        {"japanwest", "Japan West", "JA West", "Asia Pacific", 135.5022, 34.6939, true, "japaneast"},
        {"japaneast", "Japan East", "JA East", "Asia Pacific", 139.77, 35.68, true, "japanwest"},
        {"brazilsouth", "Brazil South", "BR South", "South America", -46.633, -23.55, true, "southcentralus"},
        {"australiaeast", "Australia East", "AU East", "Asia Pacific", 151.2094, -33.86, true, "australiasoutheast"},
        {"australiasoutheast", "Australia Southeast", "AU Southeast", "Asia Pacific", 144.9631, -37.8136, false, "australiaeast"},
        {"southindia", "South India", "South India", "Asia Pacific", 80.1636, 12.9822, false, "centralindia"},
        {"centralindia", "Central India", "Central India", "Asia Pacific", 73.9197, 18.5822, true, "southindia"},
        {"westindia", "West India", "West India", "Asia Pacific", 72.868, 19.088, false, "southindia"},
        {"jioindiawest", "Jio India West", "Jio India West", "Asia Pacific", 70.0577, 22.4707, false, "jioindiacentral"},
        {"jioindiacentral", "Jio India Central", "Jio India Central", "Asia Pacific", 79.0889, 21.1466, false, "jioindiawest"},
        {"canadacentral", "Canada Central", "CA Central", "Canada", -79.383, 43.653, true, "canadaeast"},
        {"canadaeast", "Canada East", "CA East", "Canada", -71.217, 46.817, false, "canadacentral"},
        {"uksouth", "UK South", "UK South", "Europe", -0.799, 50.941, true, "ukwest"},
        {"ukwest", "UK West", "UK West", "Europe", -3.084, 53.427, false, "uksouth"},
        {"westcentralus", "West Central US", "US West Central", "US", -110.234, 40.89, false, "westus2"},
        {"westus2", "West US 2", "US West 2", "US", -119.852, 47.233, true, "westcentralus"},
        {"koreacentral", "Korea Central", "KR Central", "Asia Pacific", 126.978, 37.5665, true, "koreasouth"},
        {"koreasouth", "Korea South", "KR South", "Asia Pacific", 129.0756, 35.1796, false, "koreacentral"},
        {"francecentral", "France Central", "FR Central", "Europe", 2.373, 46.3772, true, "francesouth"},
        {"francesouth", "France South", "FR South", "Europe", 2.1972, 43.8345, false, "francecentral"},
        {"australiacentral", "Australia Central", "AU Central", "Asia Pacific", 149.1244, -35.3075, false, "australiacentral2"},
        {"australiacentral2", "Australia Central 2", "AU Central 2", "Asia Pacific", 149.1244, -35.3075, false, "australiacentral"},
        {"uaecentral", "UAE Central", "AE Central", "Middle East", 54.3667, 24.4667, false, "uaenorth"},
        {"uaenorth", "UAE North", "AE North", "Middle East", 55.3167, 25.2667, true, "uaecentral"},
        {"southafricanorth", "South Africa North", "South Africa North", "Africa", 28.2184, -25.7313, true, "southafricawest"},
        {"southafricawest", "South Africa West", "South Africa West", "Africa", 18.8433, -34.0757, false, "southafricanorth"},
        {"switzerlandnorth", "Switzerland North", "CH North", "Europe", 8.5646, 47.4515, true, "switzerlandwest"},
        {"switzerlandwest", "Switzerland West", "CH West", "Europe", 6.1432, 46.2044, false, "switzerlandnorth"},
        {"germanynorth", "Germany North", "DE North", "Europe", 8.8064, 53.0736, false, "germanywestcentral"},
        {"germanywestcentral", "Germany West Central", "DE West Central", "Europe", 8.6821, 50.1109, true, "germanynorth"},
        {"norwaywest", "Norway West", "NO West", "Europe", 5.7331, 58.97, false, "norwayeast"},
        {"norwayeast", "Norway East", "NO East", "Europe", 10.7522, 59.9139, true, "norwaywest"},
        {"brazilsoutheast", "Brazil Southeast", "BR Southeast", "South America", -43.2075, -22.9028, false, "brazilsouth"},
        {"westus3", "West US 3", "US West 3", "US", -112.074, 33.4484, true, "eastus"},
        {"swedencentral", "Sweden Central", "SE Central", "Europe", 17.1413, 60.6749, true, "swedensouth"},
        {"swedensouth", "Sweden South", "SE South", "Europe", 13.0007, 55.6059, false, "swedencentral"},
        {"qatarcentral", "Qatar Central", "QA Central", "Middle East", 51.4393, 25.5515, true, ""},
        {"polandcentral", "Poland Central", "PL Central", "Europe", 21.0167, 52.2333, true, ""},
        {"italynorth", "Italy North", "IT North", "Europe", 9.1811, 45.4689, true, ""},
        {"israelcentral", "Israel Central", "IL Central", "Middle East", 33.4507, 31.2656, true, ""},
        {"spaincentral", "Spain Central", "ES Central", "Europe", -3.4209, 40.4259, true, ""},
        {"mexicocentral", "Mexico Central", "MX Central", "Mexico", -100.3899, 20.5888, true, ""},
        {"newzealandnorth", "New Zealand North", "New Zealand North", "Asia Pacific", 174.7635, -36.8485, true, ""},
        {"indonesiacentral", "Indonesia Central", "ID Central", "Asia Pacific", 106.8167, -6.2, true, ""},
        {"malaysiawest", "Malaysia West", "MY West", "Asia Pacific", 101.6932, 3.1409, true, ""},
        {"austriaeast", "Austria East", "AT East", "Europe", 16.3634, 48.2082, true, ""},
        {"chilecentral", "Chile Central", "CL Central", "South America", -70.6737, -33.4475, true, ""},
        {"belgiumcentral", "Belgium Central", "BE Central", "Europe", 4.3557, 50.8466, true, ""},
        {"denmarkeast", "Denmark East", "DK East", "Europe", 12.5683, 55.6761, true, ""},
        {"taiwannorth", "Taiwan North", "TW North", "Asia Pacific", 121.5654, 25.033, false, ""},
    };
    return regions;
}

const AzureRegion* findAzureRegion(const std::string& name)
{
    const auto wanted = withoutSpaces(name);
    const auto& regions = azureRegions();
    const auto found =
        std::find_if(regions.begin(), regions.end(), [&](const auto& region) { return region.name == wanted; });
    return found == regions.end() ? nullptr : &*found;
}

Json regionJson(const AzureRegion& region, const std::string& subscription)
{
    const auto idOf = [&](const std::string& name) { return "/subscriptions/" + subscription + "/locations/" + name; };
    Json metadata{
        {"regionType", "Physical"},
        {"regionCategory", region.hasZones ? "Recommended" : "Other"},
        {"geographyGroup", region.group},
        {"longitude", fmt::format("{}", region.longitude)},
        {"latitude", fmt::format("{}", region.latitude)},
        {"physicalLocation", region.displayName},
        {"pairedRegion", Json::array()}};
    if (!region.pair.empty()) {
        metadata["pairedRegion"].push_back({{"name", region.pair}, {"id", idOf(region.pair)}});
    }
    Json listed{
        {"id", idOf(region.name)},
        {"name", region.name},
        {"type", "Region"},
        {"displayName", region.displayName},
        {"regionalDisplayName", fmt::format("({}) {}", region.group, region.displayName)},
        {"metadata", std::move(metadata)}};
    if (region.hasZones) {
        Json zones = Json::array();
        for (int zone = 1; zone <= 3; ++zone) {
            zones.push_back(
                {{"logicalZone", fmt::format("{}", zone)},
                 {"physicalZone", fmt::format("{}-az{}", region.name, zone % 3 + 1)}});
        }
        listed["availabilityZoneMappings"] = std::move(zones);
    }
    return listed;
}

} // namespace ty::sandbox
