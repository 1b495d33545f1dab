#include "app/stores/speed_meter.h"

namespace ty::app {

namespace {

constexpr std::chrono::seconds kWindow{5};

} // namespace

void SpeedMeter::note(Clock::time_point now, std::int64_t bytes)
{
    m_looks.emplace_back(now, bytes);
    while (m_looks.size() > 2 && now - m_looks.front().first > kWindow) {
        m_looks.pop_front();
    }
}

double SpeedMeter::bytesPerSecond() const
{
    if (m_looks.size() < 2) {
        return 0;
    }
    const std::chrono::duration<double> time = m_looks.back().first - m_looks.front().first;
    const auto bytes = m_looks.back().second - m_looks.front().second;
    return time.count() > 0 && bytes > 0 ? static_cast<double>(bytes) / time.count() : 0;
}

} // namespace ty::app
