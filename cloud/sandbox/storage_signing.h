#pragma once

#include <string>

#include "cloud/sandbox/clock.h"
#include "cloud/sandbox/message.h"

namespace ty::sandbox {

/// Whether a request to a storage account proves that its sender holds the account's key: by "Authorization: SharedKey", or
/// by a shared access signature of the account or of a share or file in it, which allows this method.
/// @param key       of the account, in base64
/// @param resource  what a share's signature is for: "/file/ACCOUNT/SHARE/PATH"
bool isSignedWithKey(
    const Request& request, const std::string& account, const std::string& key, const std::string& resource, const Clock& clock);

} // namespace ty::sandbox
