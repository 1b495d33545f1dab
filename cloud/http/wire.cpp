#include "app/provisioning/wire.h"

#include <random>
#include <utility>

#include "cloud/http/curl_transport.h"

namespace ty::app {

using namespace cloud;

Wire::Wire(const Account& account, std::function<void(const std::string& line)> log)
{
    CurlOptions options;
    options.extraCaFile = account.caFile;
    options.isDirect = account.isSandbox();
    m_pool = std::make_unique<TransportPool>([options] { return std::make_unique<CurlTransport>(options); });
    m_log = std::make_unique<LogTransport>(*m_pool, [log = std::move(log)](const std::string& line) {
        if (log) {
            log(line);
        }
    });
    std::random_device device;
    m_retry = std::make_unique<RetryTransport>(*m_log, RetryOptions{}, Random(device()), sleepFor);
}

} // namespace ty::app
