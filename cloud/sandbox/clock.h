#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace ty::sandbox {

using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// Where the sandbox takes the time from, so that tests can turn it by hand.
class Clock {
public:
    virtual ~Clock() = default;
    /// Any thread.
    virtual TimePoint now() const = 0;
};

class SystemClock : public Clock {
public:
    TimePoint now() const override;
};

/// Stands still until it is told to go on.
class ManualClock : public Clock {
public:
    explicit ManualClock(TimePoint start) : m_microseconds(start.time_since_epoch().count()) {}
    TimePoint now() const override { return TimePoint(Duration(m_microseconds.load())); }
    void advance(Duration step) { m_microseconds += step.count(); }

private:
    std::atomic<std::int64_t> m_microseconds;
};

/// How much faster than the real clouds the sandbox works: with 60 a machine that takes a minute there is up in a second.
class Pace {
public:
    /// @param scale  > 0; 1 is the real clouds' own pace
    explicit Pace(double scale = 1) : m_scale(scale) {}
    double scale() const { return m_scale; }
    /// How long something takes here that takes `seconds` there.
    Duration of(double seconds) const;
    /// The wait that stands for `seconds` there, as a client is told of it.
    std::chrono::milliseconds wait(double seconds) const;

private:
    double m_scale;
};

/// "2026-11-21T11:52:03.1234560Z": seven decimals as Azure writes them.
std::string isoTime(TimePoint time);
/// "2026-11-21T11:52:03.123-00:00", as Compute Engine writes them.
std::string offsetTime(TimePoint time);
/// "2026-11-21T11:52:00Z": whole seconds.
std::string isoSeconds(TimePoint time);
/// "Sat, 21 Nov 2026 11:52:03 GMT"
std::string httpTime(TimePoint time);
/// Reads what isoTime and isoSeconds write, with any number of decimals; the epoch for anything else.
TimePoint parseIsoTime(const std::string& text);

std::int64_t toMicroseconds(TimePoint time);
TimePoint fromMicroseconds(std::int64_t microseconds);

} // namespace ty::sandbox
