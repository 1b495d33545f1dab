#pragma once

#include <string>

#include "cloud/storage/shared_key.h"

namespace ty::cloud {

/// What a service SAS allows: a signed address with which anybody may reach one container, blob, share or file.
/// Times are "2026-11-21T10:00:00Z"; empty members are left out.
struct ServiceSas {
    enum class Service { Blob, File };
    Service service = Service::Blob;
    std::string version = "2024-08-04"; ///< the fields that are signed grew later; this is understood everywhere
    std::string container;              ///< or share
    std::string path;                   ///< of the blob or file; empty: the whole container
    std::string permissions;            ///< in the order of "racwdxltmeop"
    std::string startsOn;
    std::string expiresOn;
    std::string storedPolicy; ///< "identifier" of a policy that the container keeps
    std::string ipRange;
    std::string protocol; ///< "https" or "https,http"
    std::string cacheControl;       ///< overrides of the answer's headers, this and the next four
    std::string contentDisposition;
    std::string contentEncoding;
    std::string contentLanguage;
    std::string contentType;
};

/// What an account SAS allows, over several services at once.
struct AccountSas {
    std::string version = "2024-08-04";
    std::string services;      ///< of "bqtf": blob, queue, table, file
    std::string resourceTypes; ///< of "sco": service, container, object
    std::string permissions;
    std::string startsOn;
    std::string expiresOn;
    std::string ipRange;
    std::string protocol;
};

/// The text that is signed; for the log when a service refuses the signature.
std::string sasText(const ServiceSas& sas, const std::string& account);
std::string sasText(const AccountSas& sas, const std::string& account);

/// The query to put behind an address; a secret. Errors: InvalidInput when the key is not base64.
/// Source: Azure Storage REST, "Create a service SAS" and "Create an account SAS".
Result<Secret> sasToken(const ServiceSas& sas, const StorageKey& key);
Result<Secret> sasToken(const AccountSas& sas, const StorageKey& key);

} // namespace ty::cloud
