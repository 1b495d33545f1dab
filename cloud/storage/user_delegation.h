#pragma once

#include <chrono>
#include <string>

#include "cloud/storage/sas.h"

namespace ty::cloud {

/// A key that Azure Storage lends a signed-in person for at most a week, to sign addresses without the account's key.
struct UserDelegationKey {
    std::string objectId; ///< of the person
    std::string tenantId;
    std::string startsOn;
    std::string expiresOn;
    std::string service;
    std::string version;
    Secret value; ///< base64
};

/// The body of the request for one; it holds until `expires` (UTC, "2026-11-21T10:00:00Z").
std::string userDelegationRequest(std::chrono::system_clock::time_point now, const std::string& expires);
/// Errors: Network when the answer is none.
Result<UserDelegationKey> parseUserDelegationKey(const std::string& xml);

/// The text that is signed for a blob or container; `sas.service` is Blob.
std::string sasText(const ServiceSas& sas, const std::string& account, const UserDelegationKey& key);
/// The query to put behind an address; a secret.
/// Source: Azure Storage REST, "Create a user delegation SAS", versions 2020-12-06 to 2025-05-05.
Result<Secret> sasToken(const ServiceSas& sas, const std::string& account, const UserDelegationKey& key);

} // namespace ty::cloud
