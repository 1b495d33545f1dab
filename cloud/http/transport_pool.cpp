#include "cloud/http/transport_pool.h"

namespace ty::cloud {

TransportPool::TransportPool(Factory factory)
    : m_factory(std::move(factory))
{
}

Result<HttpResponse> TransportPool::send(const HttpRequest& request, std::stop_token stop)
{
    std::unique_ptr<Transport> transport;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            transport = std::move(m_idle.back());
            m_idle.pop_back();
        }
    }
    if (!transport) {
        transport = m_factory();
    }
    Result<HttpResponse> answer = transport->send(request, std::move(stop));
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(std::move(transport));
    return answer;
}

} // namespace ty::cloud
