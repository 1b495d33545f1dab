#pragma once

#include <string>

#include "cloud/http/message.h"

namespace ty::cloud {

/// The url with the values of secret query parameters (sig, token, key, code ...) replaced by "REDACTED".
std::string redactedUrl(const std::string& url);
/// One line for the log: method, redacted url, status, request id. Header values that carry secrets never appear.
std::string logLine(const HttpRequest& request, const HttpResponse& response);

} // namespace ty::cloud
