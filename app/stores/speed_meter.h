#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

namespace ty::app {

/// Bytes a second over the last few seconds. One thread.
class SpeedMeter {
public:
    using Clock = std::chrono::steady_clock;

    void note(Clock::time_point now, std::int64_t bytes);
    /// 0 before there are two looks.
    double bytesPerSecond() const;

private:
    std::deque<std::pair<Clock::time_point, std::int64_t>> m_looks;
};

} // namespace ty::app
