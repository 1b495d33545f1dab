#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "cloud/http/transport.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::cloud::gcp {

/// Reads a list of Google's services page by page, following "nextPageToken", and hands each page's array `member` to `take`.
/// `transport` signs and retries; `url` has a query already; `what` names the list in errors. Errors: those of Google, and of `take`.
Result<void> readGooglePages(
    Transport& transport, const std::string& url, const char* member, const char* what,
    const std::function<Result<void>(const Json& items)>& take, std::stop_token stop);

} // namespace ty::cloud::gcp
