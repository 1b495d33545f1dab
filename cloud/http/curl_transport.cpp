#include "cloud/http/curl_transport.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>

#include <curl/curl.h>

namespace ty::cloud {

namespace {

constexpr long kTransferBuffer = 512 * 1024; // bytes; curl's own 16 KiB is slow for blocks of files

struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// libcurl wants one global initialisation before any thread uses it.
bool isCurlReady()
{
    static const bool isReady = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return isReady;
}

struct Transfer {
    HttpResponse response;
    std::stop_token stop;
    std::uint64_t maxBodyBytes = 0;
    bool isTooLarge = false;
    CURL* curl = nullptr;
    const BodySink* sink = nullptr;
    Result<void> sunk; ///< what the sink said last
};

bool isGood(CURL* curl)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

std::size_t onBody(const char* data, std::size_t, std::size_t count, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    if (transfer.sink->bytes > 0 && isGood(transfer.curl)) {
        if (count > transfer.sink->bytes - transfer.response.sunkBytes) {
            transfer.isTooLarge = true;
            return 0;
        }
        transfer.sunk = transfer.sink->take(transfer.response.sunkBytes, std::as_bytes(std::span(data, count)));
        transfer.response.sunkBytes += count;
        return transfer.sunk ? count : 0;
    }
    if (transfer.response.body.size() + count > transfer.maxBodyBytes) {
        transfer.isTooLarge = true;
        return 0;
    }
    transfer.response.body.append(data, count);
    return count;
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t onHeader(const char* data, std::size_t, std::size_t count, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string_view line(data, count);
    if (line.starts_with("HTTP/")) {
        transfer.response.headers = {}; // an interim answer (100 Continue) came before
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
        transfer.response.headers.add(
            std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1))));
    }
    return count;
}

int onProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Transfer*>(user)->stop.stop_requested() ? 1 : 0;
}

/// Scheme, host and path of a url: the query may hold a signature.
std::string withoutQuery(const std::string& url)
{
    return url.substr(0, url.find('?'));
}

Error networkError(CURLcode code, const char* detail, const HttpRequest& request)
{
    const std::string reason = *detail != '\0' ? detail : curl_easy_strerror(code);
    std::string advice;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        advice = "Check the network connection and the proxy settings.";
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
        advice = "The server's certificate is not trusted. In a network that inspects TLS, add its authority in Settings.";
        break;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return Error{ErrorKind::InvalidInput, withoutQuery(request.url) + " is not an http or https address", {}};
    default:
        break;
    }
    return Error{ErrorKind::Network, request.method + " " + withoutQuery(request.url) + ": " + reason, advice};
}

} // namespace

struct CurlTransport::Handle {
    CURL* curl = isCurlReady() ? curl_easy_init() : nullptr;

    Handle() = default;
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { curl_easy_cleanup(curl); }
};

CurlTransport::CurlTransport(CurlOptions options)
    : m_options(std::move(options))
    , m_handle(std::make_unique<Handle>())
{
}

CurlTransport::~CurlTransport() = default;

Result<HttpResponse> CurlTransport::send(const HttpRequest& request, std::stop_token stop)
{
    CURL* curl = m_handle->curl;
    if (curl == nullptr) {
        return Error{ErrorKind::OutOfMemory, "libcurl could not be started", {}};
    }
    if (stop.stop_requested()) {
        return Error{ErrorKind::Cancelled, request.method + " was cancelled", {}};
    }
    auto timeout = request.timeout;
    if (request.deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*request.deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return Error{
                ErrorKind::Network, request.method + " " + withoutQuery(request.url) + ": no time was left to send it", {}};
        }
        timeout = std::min(timeout, left);
    }
    curl_easy_reset(curl); // keeps the connections

    Transfer transfer;
    transfer.stop = std::move(stop);
    transfer.maxBodyBytes = m_options.maxBodyBytes;
    transfer.curl = curl;
    transfer.sink = &request.sink;
    char detail[CURL_ERROR_SIZE] = "";

    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    if (request.sink.bytes == 0) {
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTP_CONTENT_DECODING, 0L); // a range of a compressed file is no compressed file
        curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kTransferBuffer);
    }
    if (!request.payload.empty()) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, kTransferBuffer);
    }
    if (request.stallTimeout.count() > 0) {
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stallTimeout.count()));
    }
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connectTimeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, onProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (!m_options.extraCaFile.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, m_options.extraCaFile.c_str());
    }
    if (m_options.isDirect) {
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    } else if (!m_options.proxy.empty()) {
        curl_easy_setopt(curl, CURLOPT_PROXY, m_options.proxy.c_str());
    }
    const bool hasBody = request.bodyBytes() > 0 || request.method == "POST" || request.method == "PUT"
        || request.method == "PATCH";
    if (hasBody) {
        const char* bytes = request.payload.empty() ? request.body.data() : reinterpret_cast<const char*>(request.payload.data());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.bodyBytes()));
    }
    if (request.method == "HEAD") {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }

    curl_slist* lines = nullptr;
    for (const auto& [name, value] : request.headers.fields()) {
        // libcurl sends an empty value only in the form "Name;".
        const std::string line = value.empty() ? name + ";" : name + ": " + value;
        lines = curl_slist_append(lines, line.c_str());
    }
    // Without these libcurl adds a form's content type and waits a second for "100 Continue".
    lines = curl_slist_append(lines, "Expect:");
    if (hasBody && !request.headers.find("Content-Type")) {
        lines = curl_slist_append(lines, "Content-Type:");
    }
    const std::unique_ptr<curl_slist, ListDeleter> owned(lines);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);

    const CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return Error{ErrorKind::Cancelled, request.method + " " + withoutQuery(request.url) + " was cancelled", {}};
    }
    if (transfer.isTooLarge) {
        return Error{
            ErrorKind::Network,
            request.method + " " + withoutQuery(request.url) + ": the answer is larger than "
                + std::to_string(request.sink.bytes == 0 ? m_options.maxBodyBytes : request.sink.bytes) + " bytes",
            {}};
    }
    if (!transfer.sunk) {
        return transfer.sunk.error();
    }
    if (code != CURLE_OK) {
        return networkError(code, detail, request);
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    return std::move(transfer.response);
}

} // namespace ty::cloud
