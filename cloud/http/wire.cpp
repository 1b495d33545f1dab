#include "cloud/http/wire.h"

#include <random>
#include <utility>

namespace ty::cloud {

Wire::Wire(const CurlOptions& curl, const RetryOptions& retry, LogTransport::Sink log)
{
    m_pool = std::make_unique<TransportPool>([curl] { return std::make_unique<CurlTransport>(curl); });
    m_log = std::make_unique<LogTransport>(*m_pool, log ? std::move(log) : [](const std::string&) {});
    std::random_device device;
    m_retry = std::make_unique<RetryTransport>(*m_log, retry, Random(device()), sleepFor);
}

} // namespace ty::cloud
