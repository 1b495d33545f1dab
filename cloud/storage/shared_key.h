#pragma once

#include <string>

#include "cloud/secrets/secret.h"
#include "cloud/http/message.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// A storage account and one of its two keys, in base64 as the portal shows it.
struct StorageKey {
    std::string account;
    Secret key;
};

/// What is signed of a request to Blob or Files storage: verb, standard headers, x-ms headers, account, path and query.
/// The length is that of the body, unless a Content-Length header tells another.
/// Source: Azure Storage REST, "Authorize with Shared Key", version 2015-02-21 and later.
std::string sharedKeyText(const HttpRequest& request, const std::string& account);

/// Adds the Authorization header. The request needs x-ms-date and x-ms-version before, and nothing may be changed or
/// added after. Errors: InvalidInput when the key is not base64.
Result<void> signSharedKey(HttpRequest& request, const StorageKey& key);

} // namespace ty::cloud
