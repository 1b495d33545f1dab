#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "cloud/http/message.h"
#include "engine/base/json.h"

namespace ty::cloud {

/// One page of a list as JSON, and the request for the next one if there is one.
struct Page {
    Json body;
    std::optional<HttpRequest> next;
};

/// Reads a list page by page: `fetch` sends a request and finds the next one, `onPage` takes each body and returns false
/// when it has enough. Errors: those of `fetch`; Network when the pages turn in a circle or do not end.
Result<void> readPages(
    HttpRequest first,
    const std::function<Result<Page>(const HttpRequest&)>& fetch,
    const std::function<Result<bool>(const Json&)>& onPage);

} // namespace ty::cloud
