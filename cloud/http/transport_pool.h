#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "cloud/http/transport.h"

namespace ty::cloud {

/// Lends a transport to each request, so that any number of threads may send at once; connections are kept in those
/// that are idle.
class TransportPool : public Transport {
public:
    using Factory = std::function<std::unique_ptr<Transport>()>;

    explicit TransportPool(Factory factory);

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    Factory m_factory;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Transport>> m_idle; ///< guarded by m_mutex
};

} // namespace ty::cloud
