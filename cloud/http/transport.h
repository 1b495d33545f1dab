#pragma once

#include <stop_token>

#include "cloud/http/message.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// Sends one request and waits for the whole answer. Blocks: call it on a worker thread, never on the GUI's.
/// Any status is an answer, also 4xx and 5xx. Errors: Network (no answer, with the reason), Cancelled, InvalidInput
/// (a url that is none). Policies wrap a Transport in another: RequestId(Retry(CurlTransport)).
class Transport {
public:
    virtual ~Transport() = default;
    virtual Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) = 0;
};

} // namespace ty::cloud
