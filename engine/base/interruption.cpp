#include "engine/base/interruption.h"

#include <ctime>

namespace ty {

namespace {

sigset_t endings()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

} // namespace

Interruption::Interruption()
{
    const sigset_t set = endings();
    pthread_sigmask(SIG_BLOCK, &set, &m_before);
    m_watcher = std::jthread([this](const std::stop_token& over) {
        const sigset_t awaited = endings();
        const timespec patience{0, 100'000'000};
        while (!over.stop_requested()) {
            if (sigtimedwait(&awaited, nullptr, &patience) > 0) {
                m_stop.request_stop();
            }
        }
    });
}

Interruption::~Interruption()
{
    m_watcher.request_stop();
    m_watcher.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

} // namespace ty
