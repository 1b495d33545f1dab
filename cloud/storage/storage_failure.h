#pragma once

#include <string>

#include "cloud/http/message.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// The Error of a storage service's answer that is no success, in words of files and folders.
/// @param what  "reading images/cat.jpg"
Error storageFailure(const HttpResponse& response, const std::string& what);

/// Whether an answer is 2xx.
inline bool isSuccess(const HttpResponse& response)
{
    return response.status >= 200 && response.status < 300;
}

} // namespace ty::cloud
