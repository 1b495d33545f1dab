#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

#include "cloud/http/message.h"
#include "cloud/http/transport.h"
#include "cloud/storage/storage_failure.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// A request about a file.
HttpRequest plainRequest(std::string method, std::string url);
/// One that carries bytes of a file: what is slow may go on for hours, what stands still is given up after a minute.
HttpRequest transferRequest(std::string method, std::string url);

/// "bytes=0-1023". `size` is not 0.
std::string rangeText(std::uint64_t offset, std::uint64_t size);

/// What an answer that is no success means, in a service's own words.
using FailureOf = Error (*)(const HttpResponse& answer, const std::string& what);

/// Sends, and makes an Error of an answer that is no success. @param what  "reading images/cat.jpg"
Result<HttpResponse> askStorage(
    Transport& transport, const HttpRequest& request, const std::string& what, std::stop_token stop,
    FailureOf failureOf = storageFailure);

/// Sends `request` for a part of a file, from `offset` on, into `sink`, and holds the answer to it.
/// Errors: Conflict when the file has become shorter.
Result<HttpResponse> askPart(
    Transport& transport, HttpRequest request, const std::string& path, std::uint64_t offset, BodySink sink,
    std::stop_token stop, FailureOf failureOf = storageFailure);

/// What an answer says of a copy: whether it is done. Errors: Io when it has failed.
Result<bool> isCopied(const HttpResponse& answer, const std::string& from);
/// The pause before the look number `attempt`. Errors: Cancelled; Network after an hour of looks.
Result<void> pauseForCopy(int attempt, const std::string& from, std::stop_token stop);

/// Asks every so often how far a copy inside a store is, until it is done. `answer` is the one that began it.
/// @param look  asks for the headers of the target
template<typename Look>
Result<void> waitForCopy(HttpResponse answer, const std::string& from, const Look& look, std::stop_token stop)
{
    for (int attempt = 0;; ++attempt) {
        TY_TRY(const bool isDone, isCopied(answer, from));
        if (isDone) {
            return {};
        }
        TY_CHECK(pauseForCopy(attempt, from, stop));
        TY_TRY(answer, look());
    }
}

} // namespace ty::cloud
