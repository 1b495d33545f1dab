#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

/// A property of a size; every value is text ("True", "16").
struct SkuCapability {
    std::string name;
    std::string value;

    void fields(auto& f)
    {
        f("name", name);
        f("value", value);
    }
};

/// Capabilities that only some zones of a region have.
struct SkuZoneDetails {
    std::vector<std::string> zones;
    std::vector<SkuCapability> capabilities;

    void fields(auto& f)
    {
        f("name", zones); // sic: the list of zones is called "name", and "Name" by the service itself
        f.alsoNamed("Name", zones);
        f("capabilities", capabilities);
    }
};

struct SkuLocationInfo {
    std::string location;
    std::string type; ///< EdgeZone, or empty
    std::vector<std::string> zones;
    std::vector<std::string> extendedLocations;
    std::vector<SkuZoneDetails> zoneDetails;

    void fields(auto& f)
    {
        f("location", location);
        f("type", type);
        f("zones", zones);
        f("extendedLocations", extendedLocations);
        f("zoneDetails", zoneDetails);
    }
};

/// Why a subscription may not use a size, in a region (type "Location") or in some of its zones ("Zone").
struct SkuRestriction {
    std::string type;
    std::string reasonCode; ///< NotAvailableForSubscription or QuotaId
    std::vector<std::string> values;
    std::vector<std::string> locations;
    std::vector<std::string> zones;

    void fields(auto& f)
    {
        f("type", type);
        f("reasonCode", reasonCode);
        f("values", values);
        f("restrictionInfo.locations", locations);
        f("restrictionInfo.zones", zones);
    }
};

/// A row of the list of everything that can be bought: virtual machines, disks, snapshots ...
struct ResourceSku {
    std::string resourceType; ///< "virtualMachines", "disks"
    std::string name;         ///< "Standard_NC4as_T4_v3"
    std::string tier;
    std::string size;
    std::string family; ///< also the name of its quota; spelled with spaces at times
    std::string kind;
    std::vector<std::string> locations;
    std::vector<std::string> apiVersions;
    std::vector<SkuLocationInfo> locationInfo;
    std::vector<SkuCapability> capabilities;
    std::vector<SkuRestriction> restrictions;

    void fields(auto& f)
    {
        f("resourceType", resourceType);
        f("name", name);
        f("tier", tier);
        f("size", size);
        f("family", family);
        f("kind", kind);
        f("locations", locations);
        f("apiVersions", apiVersions);
        f("locationInfo", locationInfo);
        f("capabilities", capabilities);
        f("restrictions", restrictions);
    }

    /// Empty when the size does not tell.
    std::string capability(const std::string& name) const;
};

/// What a person chooses a machine by. Numbers that the list does not tell are empty.
struct VmSize {
    std::string name;
    std::string family;
    std::optional<double> vCpus;          ///< as usable (a size may switch off hyper-threads)
    std::optional<double> quotaVCpus;     ///< as counted by the quota
    std::optional<double> memoryGiB;
    double gpus = 0;                      ///< a fraction for shared cards
    std::string gpu;                      ///< "NVIDIA T4"; empty without
    std::optional<double> gpuMemoryGiB;   ///< of one card
    std::optional<int> maxDataDisks;
    std::optional<int> maxNetworkInterfaces;
    std::optional<double> uncachedIops;
    std::optional<double> uncachedMegabytesPerSecond;
    std::string architecture; ///< x64 or Arm64
    bool isGeneration1 = false;
    bool isGeneration2 = false;
    bool canSpot = false;
    bool hasPremiumDisks = false;
    bool hasAcceleratedNetworking = false;
    bool hasEphemeralOsDisk = false;
    bool hasRdma = false;
};

/// A virtual machine's row in those terms; the GPU comes from the table of families (the list itself does not name it).
VmSize vmSizeOf(const ResourceSku& sku);

/// Whether a size can be asked for in a region, and in which of its zones.
struct SizeOffer {
    bool isOffered = false;           ///< somewhere in the region: in a zone, or without naming one
    std::vector<std::string> zones;   ///< open ones, sorted; empty where the region has none
    std::string reason;               ///< why not: "NotAvailableForSubscription", "QuotaId", "not in this region"
};

SizeOffer offerOf(const ResourceSku& sku, const std::string& region);

} // namespace ty::cloud::azure
