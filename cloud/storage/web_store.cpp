#include "cloud/storage/web_store.h"

#include <charconv>

#include <fmt/format.h>

#include "cloud/auth/service_transport.h"
#include "cloud/http/url.h"
#include "cloud/storage/storage_access.h"
#include "cloud/storage/storage_failure.h"

namespace ty::cloud {

namespace {

constexpr int kMaxRedirects = 5;
constexpr std::chrono::seconds kStall{60};
constexpr std::chrono::hours kTimeout{2};

/// The size in "bytes 0-0/1234" or in Content-Length; nothing when the server does not know it.
std::optional<std::uint64_t> sizeIn(const HttpResponse& answer)
{
    std::string text = answer.headers.find("Content-Length").value_or("");
    if (answer.status == 206) {
        text = answer.headers.find("Content-Range").value_or("");
        text.erase(0, text.rfind('/') + 1);
    }
    std::uint64_t size = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(size) : std::nullopt;
}

/// Strong tags only: a weak one does not promise the same bytes.
std::string tagIn(const Headers& headers)
{
    const std::string etag = headers.find("ETag").value_or("");
    return etag.starts_with("W/") ? std::string() : etag;
}

/// An absolute address of what a Location header says.
std::string resolved(const std::string& base, const std::string& location)
{
    if (location.find("://") != std::string::npos) {
        return location;
    }
    const auto url = parseUrl(base);
    if (!url || !location.starts_with('/')) {
        return {};
    }
    const auto path = base.find('/', base.find("://") + 3);
    return base.substr(0, path) + location;
}

} // namespace

WebStore::WebStore(const WebAccessOptions& options)
    : m_transport(makeServiceTransport({options.endpoint, {}, options.curl, options.retry, options.log}, nullptr))
    , m_endpoint(options.endpoint)
    , m_query(options.query)
{
}

StoreTraits WebStore::traits() const
{
    StoreTraits traits;
    traits.canWrite = false;
    traits.canList = false;
    traits.isStreamed = true;
    traits.streams = 4; // a stranger's server
    return traits;
}

std::string WebStore::urlOf(const std::string& path) const
{
    return m_endpoint + "/" + percentEncodePath(path) + (m_query.isEmpty() ? "" : "?" + m_query.reveal());
}

Result<HttpResponse> WebStore::ask(HttpRequest request, const std::string& what, std::stop_token stop) const
{
    for (int i = 0; i < kMaxRedirects; ++i) {
        TY_TRY(HttpResponse answer, m_transport->send(request, stop));
        if (answer.status < 300 || answer.status >= 400 || answer.status == 304) {
            return isSuccess(answer) ? Result<HttpResponse>(std::move(answer)) : storageFailure(answer, what);
        }
        const std::string next = resolved(request.url, answer.headers.find("Location").value_or(""));
        const bool isDowngrade = request.url.starts_with("https:") && !next.starts_with("https:");
        if (next.empty() || isDowngrade) {
            return Error{ErrorKind::Network, what + ": the server points to another address that cannot be used", {}};
        }
        request.url = next;
    }
    return Error{ErrorKind::Network, what + ": the server sends from one address to the next without an end", {}};
}

Error WebStore::readOnly() const
{
    return Error{ErrorKind::Unsupported, "nothing can be written to " + m_endpoint, "Web addresses are for reading."};
}

Result<ListPage> WebStore::list(const ListRequest&, std::stop_token)
{
    return Error{
        ErrorKind::Unsupported, m_endpoint + " cannot be browsed", "A web server tells no list of its files; give the address of one."};
}

Result<StoreEntry> WebStore::properties(const std::string& path, std::stop_token stop)
{
    HttpRequest request;
    request.method = "HEAD";
    request.url = urlOf(path);
    auto answer = ask(request, "looking at " + path, stop);
    if (!answer && answer.error().kind != ErrorKind::Network && answer.error().kind != ErrorKind::Cancelled) {
        request.method = "GET"; // servers and signed addresses that know GET alone
        request.headers.set("Range", "bytes=0-0");
        answer = ask(request, "looking at " + path, stop);
    }
    if (!answer) {
        return std::move(answer).error();
    }
    StoreEntry entry;
    entry.path = path;
    entry.bytes = sizeIn(*answer);
    entry.etag = tagIn(answer->headers);
    entry.modified = isoTimeOfHttpDate(answer->headers.find("Last-Modified").value_or(""));
    entry.contentType = answer->headers.find("Content-Type").value_or("");
    if (!entry.bytes) {
        return Error{ErrorKind::Unsupported, m_endpoint + " does not tell how large " + path + " is", "Download it with a browser."};
    }
    return entry;
}

Result<void> WebStore::readInto(
    const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink, std::stop_token stop)
{
    HttpRequest request;
    request.url = urlOf(path);
    request.timeout = kTimeout;
    request.stallTimeout = kStall;
    request.headers.set("Range", fmt::format("bytes={}-{}", offset, offset + sink.bytes - 1));
    request.headers.set("Accept-Encoding", "identity");
    if (!etag.empty()) {
        request.headers.set("If-Match", etag);
    }
    request.sink = sink;
    TY_TRY(const HttpResponse answer, ask(std::move(request), "reading " + path, stop));
    if (!etag.empty() && tagIn(answer.headers) != etag) {
        return Error{ErrorKind::Conflict, path + " was changed while it was read", "Start the transfer again."};
    }
    if (answer.status == 206) {
        const std::string range = answer.headers.find("Content-Range").value_or("");
        if (!range.starts_with(fmt::format("bytes {}-", offset))) {
            return Error{ErrorKind::Network, "reading " + path + ": the server sent another part than was asked for", {}};
        }
    } else if (offset != 0) {
        return Error{ErrorKind::Unsupported, m_endpoint + " gives no parts of files", {}};
    }
    if (answer.sunkBytes != sink.bytes) {
        return Error{ErrorKind::Conflict, path + " is shorter than it was", "Start the transfer again."};
    }
    return {};
}

Result<Upload> WebStore::beginUpload(Upload, std::stop_token)
{
    return readOnly();
}

Result<void> WebStore::writeBlock(const Upload&, std::uint64_t, std::span<const std::byte>, std::stop_token)
{
    return readOnly();
}

Result<std::vector<bool>> WebStore::writtenBlocks(const Upload&, std::stop_token)
{
    return readOnly();
}

Result<StoreEntry> WebStore::finishUpload(const Upload&, const ContentSums&, Overwrite, std::stop_token)
{
    return readOnly();
}

Result<void> WebStore::abandonUpload(const Upload&, std::stop_token)
{
    return {};
}

Result<void> WebStore::remove(const std::string&, std::stop_token)
{
    return readOnly();
}

} // namespace ty::cloud
