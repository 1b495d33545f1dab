#include "cloud/auth/service_transport.h"

#include <optional>

#include "cloud/auth/auth_transport.h"
#include "cloud/http/request_id.h"
#include "cloud/http/wire.h"

namespace ty::cloud {

namespace {

class ServiceTransport : public Transport {
public:
    ServiceTransport(const ServiceTransportOptions& options, TokenCache* tokens)
        : m_wire(options.curl, options.retry, options.log)
        , m_auth(
              tokens == nullptr
                  ? std::optional<AuthTransport>()
                  : std::optional<AuthTransport>(std::in_place, m_wire.transport(), *tokens, options.service, options.scope))
        , m_named(m_auth ? static_cast<Transport&>(*m_auth) : m_wire.transport())
    {
    }

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override
    {
        return m_named.send(request, std::move(stop));
    }

private:
    Wire m_wire;
    std::optional<AuthTransport> m_auth;
    RequestIdTransport m_named;
};

} // namespace

std::unique_ptr<Transport> makeServiceTransport(const ServiceTransportOptions& options, TokenCache* tokens)
{
    return std::make_unique<ServiceTransport>(options, tokens);
}

} // namespace ty::cloud
