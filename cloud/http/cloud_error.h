#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cloud/http/message.h"
#include "cloud/model/failure.h"
#include "cloud/model/fields.h"

namespace ty::cloud {

/// One code with its sentence; an answer may hold several, one inside the other.
struct ErrorCause {
    std::string code;
    std::string message;
    std::string target;
};

/// A provider's error answer, whatever envelope it came in.
struct CloudError {
    int status = 0;                  ///< of HTTP; 200 when a finished operation tells that it failed
    std::vector<ErrorCause> causes;  ///< the outermost first; empty when the answer has no body
    TextMap metadata;                ///< Google's errorInfo: "zonesAvailable" and the like
    std::string requestId;           ///< x-ms-request-id
    std::string correlationId;       ///< x-ms-correlation-request-id
    std::optional<std::chrono::milliseconds> retryAfter;

    /// The outermost code; "HTTP 404" when there is none.
    std::string code() const;
    /// The most telling sentence: the innermost that is there, else the status in words.
    std::string message() const;
    bool hasCode(const std::string& code) const;

    /// An Error for the person: sentence, code, request id; kind and advice by the verdict.
    Error toError(const Verdict& verdict) const;
};

/// Reads an error answer leniently: Azure's {"error":{..}}, its flat and its capital forms, "odata.error", a JSON text inside a
/// message, storage's XML with its byte-order mark, Google's with "errors" and "details", the failed operations of both,
/// sign-in's {"error":"..","error_description":".."}, and an empty body.
CloudError parseCloudError(const HttpResponse& response);
/// The same for the error of an operation whose JSON was read already; `status` as in CloudError.
CloudError parseCloudError(const Json& body, int status);

} // namespace ty::cloud
