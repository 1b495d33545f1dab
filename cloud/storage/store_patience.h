#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "engine/base/result.h"

namespace ty::cloud {

/// Repeats what fails because a store cannot be reached, for as long as it takes, and tells when that begins and ends. Any
/// number of threads share one.
class StorePatience {
public:
    using Notice = std::function<void(const std::string& text, bool isTrouble)>; ///< on any thread

    /// @param store       for sentences: "the container images"
    /// @param isGivenUp   asked a few times a second while it waits; may be empty
    StorePatience(std::string store, std::function<bool()> isGivenUp, Notice notice);

    /// Calls until it works, fails for another reason than the network, or is given up (Cancelled).
    template<typename Call>
    auto persist(const Call& call) -> decltype(call())
    {
        for (int attempt = 0;; ++attempt) {
            auto result = call();
            if (result) {
                noteAnswer();
                return result;
            }
            if (result.error().kind != ErrorKind::Network) {
                return result;
            }
            noteSilence(result.error());
            if (!wait(attempt)) {
                return Error{ErrorKind::Cancelled, "waiting for " + m_store + " was given up", {}};
            }
        }
    }

    bool isGivenUp() const { return m_isEnded || (m_isGivenUp && m_isGivenUp()); }
    /// Whoever waits gives up at once, and nobody waits any more.
    void end() { m_isEnded = true; }
    /// Whether the store is away at the moment.
    bool isWaiting() const { return m_isAway; }

private:
    void noteAnswer();
    void noteSilence(const Error& error);
    /// False: given up.
    bool wait(int attempt) const;

    const std::string m_store;
    const std::function<bool()> m_isGivenUp;
    const Notice m_notice;
    std::atomic<bool> m_isAway = false;
    std::atomic<bool> m_isEnded = false;
    std::mutex m_mutex; ///< guards all below
    std::chrono::steady_clock::time_point m_since;
};

} // namespace ty::cloud
