#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

struct ImageDisk {
    std::optional<std::int64_t> lun; ///< of data disks
    std::string osType;              ///< of the OS disk
    std::string osState;             ///< Generalized or Specialized
    std::string managedDiskId;
    std::string snapshotId;
    std::string blobUri;
    std::string caching;
    std::optional<std::int64_t> sizeGiB;
    std::string storageAccountType;
    std::string diskEncryptionSetId;

    void fields(auto& f)
    {
        f("lun", lun);
        f("osType", osType);
        f("osState", osState);
        f("managedDisk.id", managedDiskId);
        f("snapshot.id", snapshotId);
        f("blobUri", blobUri);
        f("caching", caching);
        f("diskSizeGB", sizeGiB);
        f("storageAccountType", storageAccountType);
        f("diskEncryptionSet.id", diskEncryptionSetId);
    }
};

/// A managed image: what a generalized machine, or its disks, become when they are captured.
struct CapturedImage : Resource {
    std::string sourceVirtualMachineId;
    std::string hyperVGeneration;
    std::optional<ImageDisk> osDisk;
    std::vector<ImageDisk> dataDisks;
    std::optional<bool> isZoneResilient;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.sourceVirtualMachine.id", sourceVirtualMachineId);
        f("properties.hyperVGeneration", hyperVGeneration);
        f("properties.storageProfile.osDisk", osDisk);
        f("properties.storageProfile.dataDisks", dataDisks);
        f("properties.storageProfile.zoneResilient", isZoneResilient);
        f("properties.provisioningState", provisioningState);
    }
};

} // namespace ty::cloud::azure
