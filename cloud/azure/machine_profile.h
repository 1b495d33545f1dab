#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

/// What a disk is made from: either a market image by four names, or one image by id.
struct ImageReference {
    std::string publisher; ///< "Canonical"
    std::string offer;     ///< "0001-com-ubuntu-server-jammy"
    std::string sku;       ///< "22_04-lts-gen2"
    std::string version;   ///< "latest" or exact
    std::string exactVersion; ///< what "latest" was, told by the answer
    std::string id;           ///< captured or gallery image
    std::string sharedGalleryImageId;
    std::string communityGalleryImageId;

    void fields(auto& f)
    {
        f("publisher", publisher);
        f("offer", offer);
        f("sku", sku);
        f("version", version);
        f("exactVersion", exactVersion);
        f("id", id);
        f("sharedGalleryImageId", sharedGalleryImageId);
        f("communityGalleryImageId", communityGalleryImageId);
    }
};

/// A managed disk as a machine names it.
struct ManagedDisk {
    std::string id;
    std::string storageAccountType; ///< Premium_LRS ...
    std::string diskEncryptionSetId;

    void fields(auto& f)
    {
        f("id", id);
        f("storageAccountType", storageAccountType);
        f("diskEncryptionSet.id", diskEncryptionSetId);
    }
};

struct OsDisk {
    std::string name;
    std::string osType; ///< Linux or Windows
    std::string createOption; ///< FromImage or Attach
    std::string caching;      ///< None, ReadOnly, ReadWrite
    std::optional<std::int64_t> sizeGiB;
    std::string deleteOption; ///< Delete or Detach
    ManagedDisk managedDisk;
    std::string ephemeralOption;    ///< "Local": on the host's own disk, lost when the machine is deallocated
    std::string ephemeralPlacement; ///< CacheDisk, ResourceDisk, NvmeDisk
    std::optional<bool> writeAccelerator;

    void fields(auto& f)
    {
        f("name", name);
        f("osType", osType);
        f("createOption", createOption);
        f("caching", caching);
        f("diskSizeGB", sizeGiB);
        f("deleteOption", deleteOption);
        f("managedDisk", managedDisk);
        f("diffDiskSettings.option", ephemeralOption);
        f("diffDiskSettings.placement", ephemeralPlacement);
        f("writeAcceleratorEnabled", writeAccelerator);
    }
};

struct DataDisk {
    std::optional<std::int64_t> lun; ///< slot
    std::string name;
    std::string createOption; ///< Empty, Attach, FromImage, Copy
    std::string caching;
    std::optional<std::int64_t> sizeGiB;
    std::string deleteOption;
    std::string detachOption;
    ManagedDisk managedDisk;
    std::string sourceResourceId;
    std::optional<bool> toBeDetached;
    std::optional<bool> writeAccelerator;
    std::optional<std::int64_t> iops;
    std::optional<std::int64_t> megabytesPerSecond;

    void fields(auto& f)
    {
        f("lun", lun);
        f("name", name);
        f("createOption", createOption);
        f("caching", caching);
        f("diskSizeGB", sizeGiB);
        f("deleteOption", deleteOption);
        f("detachOption", detachOption);
        f("managedDisk", managedDisk);
        f("sourceResource.id", sourceResourceId);
        f("toBeDetached", toBeDetached);
        f("writeAcceleratorEnabled", writeAccelerator);
        f("diskIOPSReadWrite", iops);
        f("diskMBpsReadWrite", megabytesPerSecond);
    }
};

struct StorageProfile {
    ImageReference image;
    OsDisk osDisk;
    std::vector<DataDisk> dataDisks;
    std::string diskControllerType; ///< SCSI or NVMe

    void fields(auto& f)
    {
        f("imageReference", image);
        f("osDisk", osDisk);
        f("dataDisks", dataDisks);
        f("diskControllerType", diskControllerType);
    }
};

struct SshPublicKey {
    std::string path; ///< "/home/trainer/.ssh/authorized_keys"
    std::string keyData;

    void fields(auto& f)
    {
        f("path", path);
        f("keyData", keyData);
    }
};

/// The first user and how they come in. There is no password here: machines of ours have none.
struct OsProfile {
    std::string computerName;
    std::string computerNamePrefix; ///< in scale sets
    std::string adminUsername;
    std::string customData; ///< base64; cloud-init
    std::optional<bool> disablePasswordAuthentication;
    std::optional<bool> provisionVmAgent;
    std::optional<bool> allowExtensionOperations;
    std::optional<bool> requireGuestProvisionSignal;
    std::vector<SshPublicKey> sshKeys;
    std::string patchMode;      ///< ImageDefault or AutomaticByPlatform
    std::string assessmentMode;

    void fields(auto& f)
    {
        f("computerName", computerName);
        f("computerNamePrefix", computerNamePrefix);
        f("adminUsername", adminUsername);
        f("customData", customData);
        f("linuxConfiguration.disablePasswordAuthentication", disablePasswordAuthentication);
        f("linuxConfiguration.provisionVMAgent", provisionVmAgent);
        f("linuxConfiguration.ssh.publicKeys", sshKeys);
        f("linuxConfiguration.patchSettings.patchMode", patchMode);
        f("linuxConfiguration.patchSettings.assessmentMode", assessmentMode);
        f("allowExtensionOperations", allowExtensionOperations);
        f("requireGuestProvisionSignal", requireGuestProvisionSignal);
    }
};

struct SecurityProfile {
    std::string securityType; ///< TrustedLaunch or ConfidentialVM
    std::optional<bool> secureBoot;
    std::optional<bool> vTpm;
    std::optional<bool> encryptionAtHost;

    void fields(auto& f)
    {
        f("securityType", securityType);
        f("uefiSettings.secureBootEnabled", secureBoot);
        f("uefiSettings.vTpmEnabled", vTpm);
        f("encryptionAtHost", encryptionAtHost);
    }
};

struct BootDiagnostics {
    std::optional<bool> isEnabled;
    std::string storageUri; ///< empty: storage that Azure manages

    void fields(auto& f)
    {
        f("bootDiagnostics.enabled", isEnabled);
        f("bootDiagnostics.storageUri", storageUri);
    }
};

/// A user-assigned identity as answers tell it; requests give an empty one under its id.
struct UserAssignedIdentity {
    std::string principalId;
    std::string clientId;

    void fields(auto& f)
    {
        f("principalId", principalId);
        f("clientId", clientId);
    }
};

/// The account that programs on the machine use.
struct ManagedIdentity {
    std::string type; ///< None, SystemAssigned, UserAssigned or "SystemAssigned, UserAssigned"
    std::string principalId;
    std::string tenantId;
    std::map<std::string, UserAssignedIdentity> userAssigned; ///< by resource id

    void fields(auto& f)
    {
        f("type", type);
        f("principalId", principalId);
        f("tenantId", tenantId);
        f("userAssignedIdentities", userAssigned);
    }
};

} // namespace ty::cloud::azure
