#pragma once

#include <map>
#include <string>
#include <vector>

#include "cloud/sandbox/world.h"

namespace ty::sandbox {

/// One quantity over one minute.
struct MetricMinute {
    std::int64_t minute = 0; ///< since the epoch
    int count = 0;
    double sum = 0;
    double least = 0;
    double most = 0;
};

/// What machines use over time, a minute at a time, as Azure Monitor keeps it. The last 93 days.
class MachineMetrics {
public:
    explicit MachineMetrics(World& world) : m_world(world) {}

    /// Asks the host about each running machine and adds what it used since the last time. Call every few seconds.
    void sample();
    /// Minutes in [from, to) of a machine's quantity: "cpu" (percent), "read", "write", "in", "out" (bytes), "memory" (bytes
    /// free).
    static std::vector<MetricMinute>
    minutes(const World& world, const std::string& machine, const std::string& quantity, TimePoint from, TimePoint to);

private:
    struct Last {
        MachineUsage usage;
        TimePoint time;
    };
    void sampleOne(const std::string& machine, int cores, double memoryBytes);

    World& m_world;
    std::map<std::string, Last> m_last;
};

} // namespace ty::sandbox
