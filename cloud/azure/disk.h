#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/market_image.h"
#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

struct Disk : Resource {
    std::string managedBy; ///< id of the machine it is attached to; empty when it is free
    std::vector<std::string> zones;
    std::string skuName; ///< Premium_LRS, StandardSSD_LRS, Standard_LRS, PremiumV2_LRS, UltraSSD_LRS, .._ZRS
    std::string skuTier;
    std::string createOption; ///< Empty, Copy, FromImage, Import, Upload, Restore ...
    std::string sourceResourceId; ///< disk or snapshot that Copy reads
    std::string sourceUri;        ///< blob that Import reads
    std::string storageAccountId;
    IdRef imageReference; ///< market image that FromImage reads
    IdRef galleryImageReference;
    std::optional<std::int64_t> imageLun; ///< of that image, when it is one of its data disks
    std::optional<std::int64_t> uploadSizeBytes;
    std::optional<std::int64_t> logicalSectorSize; ///< 512 or 4096
    std::optional<bool> performancePlus;
    std::optional<std::int64_t> sizeGiB;
    std::optional<std::int64_t> sizeBytes;
    std::string tier; ///< P4 to P80; above what the size gives only on Premium_LRS
    std::optional<std::int64_t> iops;
    std::optional<std::int64_t> megabytesPerSecond;
    std::optional<bool> isBursting;
    std::optional<std::int64_t> maxShares;
    std::string osType;
    std::string hyperVGeneration;
    std::string diskState; ///< Unattached, Attached, Reserved, ActiveSAS ...
    std::string encryptionType;
    std::string diskEncryptionSetId;
    std::string networkAccessPolicy;
    std::string publicNetworkAccess;
    std::string securityType;
    std::string architecture;
    std::optional<bool> supportsAcceleratedNetworking;
    std::optional<bool> supportsHibernation;
    std::optional<bool> optimizedForFrequentAttach;
    std::optional<PurchasePlan> purchasePlan;
    std::string timeCreated;
    std::string lastOwnershipUpdate; ///< last attached, detached, or its machine started or stopped
    std::string uniqueId;
    std::string targetTier; ///< while a change of tier is under way
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("managedBy", managedBy);
        f("zones", zones);
        f("sku.name", skuName);
        f("sku.tier", skuTier);
        f("properties.creationData.createOption", createOption);
        f("properties.creationData.sourceResourceId", sourceResourceId);
        f("properties.creationData.sourceUri", sourceUri);
        f("properties.creationData.storageAccountId", storageAccountId);
        f("properties.creationData.imageReference", imageReference);
        f("properties.creationData.imageReference.lun", imageLun);
        f("properties.creationData.galleryImageReference", galleryImageReference);
        f("properties.creationData.uploadSizeBytes", uploadSizeBytes);
        f("properties.creationData.logicalSectorSize", logicalSectorSize);
        f("properties.creationData.performancePlus", performancePlus);
        f("properties.diskSizeGB", sizeGiB);
        f("properties.diskSizeBytes", sizeBytes);
        f("properties.tier", tier);
        f("properties.diskIOPSReadWrite", iops);
        f("properties.diskMBpsReadWrite", megabytesPerSecond);
        f("properties.burstingEnabled", isBursting);
        f("properties.maxShares", maxShares);
        f("properties.osType", osType);
        f("properties.hyperVGeneration", hyperVGeneration);
        f("properties.diskState", diskState);
        f("properties.encryption.type", encryptionType);
        f("properties.encryption.diskEncryptionSetId", diskEncryptionSetId);
        f("properties.networkAccessPolicy", networkAccessPolicy);
        f("properties.publicNetworkAccess", publicNetworkAccess);
        f("properties.securityProfile.securityType", securityType);
        f("properties.supportedCapabilities.architecture", architecture);
        f("properties.supportedCapabilities.acceleratedNetwork", supportsAcceleratedNetworking);
        f("properties.supportsHibernation", supportsHibernation);
        f("properties.optimizedForFrequentAttach", optimizedForFrequentAttach);
        f("properties.purchasePlan", purchasePlan);
        f("properties.timeCreated", timeCreated);
        f("properties.LastOwnershipUpdateTime", lastOwnershipUpdate);
        f("properties.uniqueId", uniqueId);
        f("properties.propertyUpdatesInProgress.targetTier", targetTier);
        f("properties.provisioningState", provisioningState);
    }
};

/// Permission to read or write a disk's bytes over https for a while.
struct DiskAccess {
    std::string access; ///< Read or Write
    std::optional<std::int64_t> durationSeconds;
    std::string fileFormat; ///< VHD or VHDX

    void fields(auto& f)
    {
        f("access", access);
        f("durationInSeconds", durationSeconds);
        f("fileFormat", fileFormat);
    }
};

struct DiskAccessUri {
    std::string uri; ///< carries its permission: a secret

    void fields(auto& f) { f("accessSAS", uri); }
};

} // namespace ty::cloud::azure
