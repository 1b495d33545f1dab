#pragma once

#include <string>
#include <vector>

#include "cloud/azure/requests.h"
#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

inline constexpr ResourceType kStorageAccounts{"Microsoft.Storage/storageAccounts", "2023-05-01"};

/// Where blobs and files are served, and by whose keys.
struct StorageAccount : Resource {
    std::string kind;       ///< "StorageV2"
    std::string redundancy; ///< name of its SKU: "Standard_LRS"
    std::string accessTier; ///< "Hot"
    std::string minimumTls; ///< "TLS1_2"
    std::optional<bool> allowsPublicBlobs;
    std::optional<bool> isHttpsOnly;
    std::string created; ///< UTC
    std::string blobEndpoint; ///< with a slash at its end; empty: it serves none
    std::string fileEndpoint;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("kind", kind);
        f("sku.name", redundancy);
        f("properties.accessTier", accessTier);
        f("properties.minimumTlsVersion", minimumTls);
        f("properties.allowBlobPublicAccess", allowsPublicBlobs);
        f("properties.supportsHttpsTrafficOnly", isHttpsOnly);
        f("properties.creationTime", created);
        f("properties.primaryEndpoints.blob", blobEndpoint);
        f("properties.primaryEndpoints.file", fileEndpoint);
        f("properties.provisioningState", provisioningState);
    }
};

struct StorageKey {
    std::string name;  ///< "key1", "key2"
    std::string value; ///< a secret

    void fields(auto& f)
    {
        f("keyName", name);
        f("value", value);
    }
};

struct StorageKeys {
    std::vector<StorageKey> keys;

    void fields(auto& f) { f("keys", keys); }
};

/// What the service says to the name of a new account.
struct StorageNameAnswer {
    std::optional<bool> isAvailable;
    std::string reason; ///< "AccountNameInvalid", "AlreadyExists"
    std::string message;

    void fields(auto& f)
    {
        f("nameAvailable", isAvailable);
        f("reason", reason);
        f("message", message);
    }
};

/// Answered by StorageNameAnswer. Names are taken in the whole world, not in a subscription.
ArmRequest checkStorageName(const std::string& subscription, const std::string& name);
/// Answered by StorageKeys.
ArmRequest listStorageKeys(const ResourceRef& account);
/// Makes one key anew; whoever has the old one is locked out. Answered by StorageKeys.
ArmRequest renewStorageKey(const ResourceRef& account, const std::string& keyName);

} // namespace ty::cloud::azure
