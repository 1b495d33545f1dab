#pragma once

#include <functional>
#include <string>

#include "cloud/http/transport.h"

namespace ty::cloud {

/// Writes one line a request: method, address, status, request id and how long it took; of a request without answer the
/// reason. Secrets in addresses are replaced, headers and bodies never appear.
class LogTransport : public Transport {
public:
    using Sink = std::function<void(const std::string& line)>;

    /// `inner` outlives this.
    LogTransport(Transport& inner, Sink sink);

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    Transport& m_inner;
    Sink m_sink;
};

} // namespace ty::cloud
