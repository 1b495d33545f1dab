#include "cloud/storage/storage_access.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "cloud/auth/auth_transport.h"
#include "cloud/http/redact.h"
#include "cloud/http/request_id.h"
#include "cloud/http/transport_pool.h"
#include "cloud/http/url.h"

namespace ty::cloud {

namespace {

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Puts version, date and signature on each try: a retry after a long wait has a fresh date.
class SigningTransport : public Transport {
public:
    SigningTransport(Transport& inner, const StorageAccessOptions& options)
        : m_inner(inner)
        , m_endpoint(options.endpoint)
        , m_credential(options.credential)
    {
    }

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override
    {
        if (!isSameService(m_endpoint, request.url)) {
            return Error{ErrorKind::Internal, "a signature for " + m_endpoint + " was about to be sent elsewhere", {}};
        }
        HttpRequest signedRequest = request;
        signedRequest.headers.set("x-ms-version", kStorageVersion);
        signedRequest.headers.set("x-ms-date", httpDate(std::chrono::system_clock::now()));
        if (m_credential.kind == StorageCredential::Kind::Sas) {
            signedRequest.url += (request.url.find('?') == std::string::npos ? "?" : "&") + m_credential.sas.reveal();
        } else if (m_credential.kind == StorageCredential::Kind::SharedKey) {
            TY_CHECK(signSharedKey(signedRequest, m_credential.key));
        }
        return m_inner.send(signedRequest, std::move(stop));
    }

private:
    Transport& m_inner;
    std::string m_endpoint;
    StorageCredential m_credential;
};

/// One thread's chain; each wraps the one declared before it.
class Chain : public Transport {
public:
    explicit Chain(const StorageAccessOptions& options)
        : m_curl(options.curl)
        , m_log(m_curl, options.log ? options.log : [](const std::string&) {})
        , m_auth(options.credential.kind == StorageCredential::Kind::Token
                     ? std::optional<AuthTransport>(
                           std::in_place, m_log, *options.credential.tokens, options.endpoint, kStorageScope)
                     : std::nullopt)
        , m_signing(m_auth ? static_cast<Transport&>(*m_auth) : m_log, options)
        , m_retry(m_signing, options.retry, Random(std::random_device{}()), sleepFor)
        , m_named(m_retry)
    {
    }

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override
    {
        return m_named.send(request, std::move(stop));
    }

private:
    CurlTransport m_curl;
    LogTransport m_log;
    std::optional<AuthTransport> m_auth;
    SigningTransport m_signing;
    RetryTransport m_retry;
    RequestIdTransport m_named;
};

} // namespace

std::unique_ptr<Transport> makeStorageTransport(const StorageAccessOptions& options)
{
    return std::make_unique<TransportPool>([options] { return std::make_unique<Chain>(options); });
}

std::string httpDate(std::chrono::system_clock::time_point time)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format(
        "{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
        kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string isoTimeOfHttpDate(const std::string& text)
{
    int day = 0;
    int year = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    char name[4] = "";
    if (std::sscanf(text.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &day, name, &year, &hour, &minute, &second) != 6) {
        return {};
    }
    for (std::size_t month = 0; month < kMonths.size(); ++month) {
        if (std::string_view(name) == kMonths[month]) {
            return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", year, month + 1, day, hour, minute, second);
        }
    }
    return {};
}

} // namespace ty::cloud
