#include "engine/base/interruption.h"

#include <pthread.h>

namespace ty {

namespace {

/// Tells the thread that waits for signals that it has waited enough: sent to it alone.
int wakeSignal()
{
    return SIGRTMIN;
}

sigset_t awaitedSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, wakeSignal());
    return set;
}

} // namespace

Interruption::Interruption()
{
    const sigset_t set = awaitedSignals();
    pthread_sigmask(SIG_BLOCK, &set, &m_before);
    m_watcher = std::jthread([this](const std::stop_token& over) {
        const sigset_t awaited = awaitedSignals();
        while (!over.stop_requested()) {
            const int signal = sigwaitinfo(&awaited, nullptr);
            if (signal == SIGINT || signal == SIGTERM) {
                m_stop.request_stop();
            }
        }
    });
}

Interruption::~Interruption()
{
    m_watcher.request_stop();
    pthread_kill(m_watcher.native_handle(), wakeSignal());
    m_watcher.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

} // namespace ty
