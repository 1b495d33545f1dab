#pragma once

#include <functional>
#include <string>

#include "cloud/http/transport.h"

namespace ty::cloud {

/// A random UUID (version 4) from the operating system's generator.
std::string makeUuid();

/// Gives each request an `x-ms-client-request-id` that stays the same over its retries, so that a provider's support
/// can find it. Put it outside of RetryTransport.
class RequestIdTransport : public Transport {
public:
    using MakeId = std::function<std::string()>;

    /// `inner` outlives this.
    explicit RequestIdTransport(Transport& inner, MakeId makeId = makeUuid);

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    Transport& m_inner;
    MakeId m_makeId;
};

} // namespace ty::cloud
