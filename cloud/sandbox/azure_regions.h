#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"

namespace ty::sandbox {

struct AzureRegion {
    std::string name;        ///< "westeurope"
    std::string displayName; ///< "West Europe"
    std::string priceName;   ///< as the Retail Prices API calls it: "EU West"
    std::string group;       ///< "Europe"
    double longitude = 0;
    double latitude = 0;
    bool hasZones = false;
    std::string pair; ///< name of the paired region; may be empty
};

/// 60 regions, by name and place the real ones.
const std::vector<AzureRegion>& azureRegions();
/// "West Europe" and "westeurope" are the same; nullptr for unknown ones.
const AzureRegion* findAzureRegion(const std::string& name);
/// The region as GET /subscriptions/{id}/locations lists it.
Json regionJson(const AzureRegion& region, const std::string& subscription);

} // namespace ty::sandbox
