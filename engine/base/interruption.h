#pragma once

#include <stop_token>
#include <thread>

#include <csignal>

namespace ty {

/// While it lives, Ctrl-C and SIGTERM do not end the program but ask its work to stop. Make it before other threads start:
/// they take over that the signals are not for them.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    sigset_t m_before{};
    std::stop_source m_stop;
    std::jthread m_watcher;
};

} // namespace ty
