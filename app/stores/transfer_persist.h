#pragma once

#include "app/stores/transfer_run.h"

namespace ty::app {

template<typename Call>
auto TransferRun::persist(const Call& call, std::stop_token stop) -> decltype(call())
{
    const auto end = std::chrono::steady_clock::now() + m_options.patience;
    for (int attempt = 0;; ++attempt) {
        auto result = call();
        if (result || result.error().kind != ErrorKind::Network || std::chrono::steady_clock::now() > end) {
            return result;
        }
        if (!waitForNetwork(result.error(), attempt, stop)) {
            return Error{ErrorKind::Cancelled, "the transfer was paused", {}};
        }
    }
}

} // namespace ty::app
