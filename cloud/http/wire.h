#pragma once

#include <memory>

#include "cloud/http/curl_transport.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport_pool.h"

namespace ty::cloud {

/// The way to servers below any sign-in: libcurl for any number of threads, log, retries.
class Wire {
public:
    /// `log` is called on the threads that send; none: nothing is logged.
    Wire(const CurlOptions& curl, const RetryOptions& retry, LogTransport::Sink log);

    Transport& transport() { return *m_retry; }

private:
    std::unique_ptr<TransportPool> m_pool;
    std::unique_ptr<LogTransport> m_log;
    std::unique_ptr<RetryTransport> m_retry;
};

} // namespace ty::cloud
