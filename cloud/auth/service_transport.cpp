#include "cloud/auth/service_transport.h"

#include <optional>
#include <random>

#include "cloud/auth/auth_transport.h"
#include "cloud/http/request_id.h"
#include "cloud/http/transport_pool.h"

namespace ty::cloud {

namespace {

/// One thread's chain of policies; each wraps the one declared before it.
class Chain : public Transport {
public:
    Chain(const ServiceTransportOptions& options, TokenCache* tokens)
        : m_curl(options.curl)
        , m_log(m_curl, options.log ? options.log : [](const std::string&) {})
        , m_auth(tokens == nullptr ? std::optional<AuthTransport>()
                                   : std::optional<AuthTransport>(std::in_place, m_log, *tokens, options.service, options.scope))
        , m_retry(m_auth ? static_cast<Transport&>(*m_auth) : m_log, options.retry, Random(std::random_device{}()), sleepFor)
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
    RetryTransport m_retry;
    RequestIdTransport m_named;
};

} // namespace

std::unique_ptr<Transport> makeServiceTransport(const ServiceTransportOptions& options, TokenCache* tokens)
{
    return std::make_unique<TransportPool>([options, tokens] { return std::make_unique<Chain>(options, tokens); });
}

} // namespace ty::cloud
