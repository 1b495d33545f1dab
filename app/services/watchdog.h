#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>

#include <QObject>

namespace ty::app {

/// Measures how long the GUI thread keeps others waiting: a thread of its own posts a heartbeat every few
/// milliseconds and times the answer. With the variable TRAINYARD_WATCHDOG=FILE the window keeps
/// {"longestMilliseconds", "stalls": [{"milliseconds", "working", "waitingForProcessor", "time"}]} up to date in FILE, where a
/// stall is an answer that took longer than kStall: what it neither worked nor waited for a processor, it was blocked. Whoever removes FILE begins a new count.
class Watchdog : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kStall{100};

    /// @param file  where the findings go; empty: nowhere
    explicit Watchdog(std::string file, QObject* parent = nullptr);
    ~Watchdog() override;

    /// The longest wait of this count. Any thread.
    std::chrono::milliseconds longest() const { return std::chrono::milliseconds(m_longest.load()); }
    int stalls() const { return m_stalls.load(); }

private:
    void watch(const std::stop_token& stop);

    std::string m_file;
    std::atomic<std::int64_t> m_longest{0};
    std::atomic<int> m_stalls{0};
    std::atomic<std::uint64_t> m_answered{0};
    std::jthread m_thread;
};

} // namespace ty::app
