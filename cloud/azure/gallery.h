#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

/// A shelf of image definitions. Costs nothing.
struct Gallery : Resource {
    std::string description;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.description", description);
        f("properties.provisioningState", provisioningState);
    }
};

/// What the versions of one image have in common.
struct GalleryImage : Resource {
    std::string osType;  ///< "Linux"
    std::string osState; ///< "Specialized": users, keys and host keys as they were; "Generalized": made anew at the first start
    std::string hyperVGeneration;
    std::string architecture; ///< "x64", "Arm64"
    std::string publisher;
    std::string offer;
    std::string sku;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.osType", osType);
        f("properties.osState", osState);
        f("properties.hyperVGeneration", hyperVGeneration);
        f("properties.architecture", architecture);
        f("properties.identifier.publisher", publisher);
        f("properties.identifier.offer", offer);
        f("properties.identifier.sku", sku);
        f("properties.provisioningState", provisioningState);
    }
};

struct TargetRegion {
    std::string name;
    std::optional<std::int64_t> replicas;

    void fields(auto& f)
    {
        f("name", name);
        f("regionalReplicaCount", replicas);
    }
};

/// A copy of a machine's disks. Billed as snapshots.
struct GalleryImageVersion : Resource {
    std::vector<TargetRegion> targetRegions;
    std::string sourceVirtualMachineId;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.publishingProfile.targetRegions", targetRegions);
        f("properties.storageProfile.source.virtualMachineId", sourceVirtualMachineId);
        f("properties.provisioningState", provisioningState);
    }
};

} // namespace ty::cloud::azure
