#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace ty::cloud {

/// How far back one looks at what a machine used.
struct MetricPeriod {
    const char* name; ///< "6h"
    std::chrono::hours span;
};

inline constexpr std::array<MetricPeriod, 6> kMetricPeriods{{
    {"1h", std::chrono::hours(1)},
    {"6h", std::chrono::hours(6)},
    {"12h", std::chrono::hours(12)},
    {"24h", std::chrono::hours(24)},
    {"7d", std::chrono::hours(24 * 7)},
    {"30d", std::chrono::hours(24 * 30)},
}};

/// Errors: Usage, with the names there are.
Result<MetricPeriod> metricPeriod(const std::string& name);

/// What a machine used over one interval. Empty: not measured (off, not told yet, not offered), which is not 0.
struct MetricSample {
    std::int64_t time = 0; ///< of the interval's start, seconds since 1970
    std::optional<double> cpuPercent; ///< mean over the interval and all processors
    std::optional<double> cpuPeak;    ///< the highest that was measured within it, percent
    // Means over the interval, bytes per second.
    std::optional<double> networkIn;
    std::optional<double> networkOut;
    std::optional<double> diskRead;
    std::optional<double> diskWrite;

    bool isGap() const { return !cpuPercent && !networkIn && !networkOut && !diskRead && !diskWrite; }
};

/// A machine's curves: one sample an interval, oldest first, gaps included.
struct MachineMetrics {
    std::int64_t from = 0; ///< seconds since 1970
    std::int64_t to = 0;
    std::int64_t intervalSeconds = 0;
    std::vector<MetricSample> samples;

    /// Nothing was measured at all.
    bool isEmpty() const;
};

} // namespace ty::cloud
