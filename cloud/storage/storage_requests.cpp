#include "cloud/storage/storage_requests.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cloud/http/retry.h"

namespace ty::cloud {

namespace {

constexpr std::chrono::seconds kStall{60};
constexpr std::chrono::hours kBlockTimeout{2};

} // namespace

HttpRequest plainRequest(std::string method, std::string url)
{
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    return request;
}

HttpRequest transferRequest(std::string method, std::string url)
{
    HttpRequest request = plainRequest(std::move(method), std::move(url));
    request.timeout = kBlockTimeout;
    request.stallTimeout = kStall;
    return request;
}

std::string rangeText(std::uint64_t offset, std::uint64_t size)
{
    return fmt::format("bytes={}-{}", offset, offset + size - 1);
}

Result<HttpResponse> askStorage(
    Transport& transport, const HttpRequest& request, const std::string& what, std::stop_token stop, FailureOf failureOf)
{
    TY_TRY(HttpResponse answer, transport.send(request, std::move(stop)));
    if (!isSuccess(answer)) {
        return failureOf(answer, what);
    }
    return answer;
}

Result<HttpResponse> askPart(
    Transport& transport, HttpRequest request, const std::string& path, std::uint64_t offset, BodySink sink,
    std::stop_token stop, FailureOf failureOf)
{
    request.sink = std::move(sink);
    TY_TRY(HttpResponse answer, askStorage(transport, request, "reading " + path, std::move(stop), failureOf));
    if (answer.status != 206 && !(answer.status == 200 && offset == 0)) {
        return Error{ErrorKind::Network, "reading " + path + ": the service sent another part than was asked for", {}};
    }
    if (answer.sunkBytes != request.sink.bytes) {
        return Error{ErrorKind::Conflict, path + " is shorter than it was", "Start the transfer again."};
    }
    return answer;
}

Result<bool> isCopied(const HttpResponse& answer, const std::string& from)
{
    const std::string status = answer.headers.find("x-ms-copy-status").value_or("success");
    if (status == "success") {
        return true;
    }
    if (status != "pending") {
        return Error{
            ErrorKind::Io, "copying " + from + " " + status + ": " + answer.headers.find("x-ms-copy-status-description").value_or(""), {}};
    }
    return false;
}

Result<void> pauseForCopy(int attempt, const std::string& from, std::stop_token stop)
{
    constexpr int kMostLooks = 725; // about an hour
    if (attempt >= kMostLooks) {
        return Error{ErrorKind::Network, "copying " + from + " takes more than an hour", "It goes on in the store."};
    }
    const auto wait = std::min(std::chrono::milliseconds(100) * (1 << std::min(attempt, 6)), std::chrono::milliseconds(5000));
    if (!sleepFor(wait, std::move(stop))) {
        return Error{ErrorKind::Cancelled, "copying " + from + " is no longer waited for; it goes on in the store", {}};
    }
    return {};
}

} // namespace ty::cloud
