#pragma once

#include <chrono>
#include <cstdint>

namespace ty::engine {

/// What this process takes of the machine.
class ProcessUsage {
public:
    ProcessUsage();

    /// Processor time since the last call (or the construction) as a part of what all processors of the machine
    /// together have, in percent.
    double takeCpuPercent();
    std::uint64_t residentBytes() const;

private:
    std::chrono::steady_clock::time_point m_since;
    double m_cpuSeconds = 0;
};

} // namespace ty::engine
