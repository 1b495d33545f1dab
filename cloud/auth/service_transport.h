#pragma once

#include <memory>
#include <string>

#include "cloud/auth/token_cache.h"
#include "cloud/http/curl_transport.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"

namespace ty::cloud {

struct ServiceTransportOptions {
    std::string service; ///< base address that tokens may be sent to: "https://management.azure.com"
    std::string scope;   ///< of the tokens: "https://management.azure.com/.default"
    CurlOptions curl;
    RetryOptions retry;
    LogTransport::Sink log; ///< called on any thread; none: nothing is logged
};

/// All policies around libcurl, in their order: request id, bearer token, retry, log. Any number of threads may send at
/// once. `tokens` outlives it; null for services without sign-in, such as price lists.
std::unique_ptr<Transport> makeServiceTransport(const ServiceTransportOptions& options, TokenCache* tokens);

} // namespace ty::cloud
