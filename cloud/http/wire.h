#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/provisioning/account.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport_pool.h"

namespace ty::app {

/// The way to an account's servers below its sign-in: libcurl for any number of threads, log, retries.
class Wire {
public:
    /// `log` is called on the threads that send; none: nothing is logged.
    Wire(const Account& account, std::function<void(const std::string& line)> log);

    cloud::Transport& transport() { return *m_retry; }

private:
    std::unique_ptr<cloud::TransportPool> m_pool;
    std::unique_ptr<cloud::LogTransport> m_log;
    std::unique_ptr<cloud::RetryTransport> m_retry;
};

} // namespace ty::app
