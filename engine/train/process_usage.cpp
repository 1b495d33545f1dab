#include "engine/train/process_usage.h"

#include <algorithm>
#include <fstream>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace ty::engine {

namespace {

double secondsOf(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double cpuSecondsSoFar()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime);
}

} // namespace

ProcessUsage::ProcessUsage()
    : m_since(std::chrono::steady_clock::now())
    , m_cpuSeconds(cpuSecondsSoFar())
{
}

double ProcessUsage::takeCpuPercent()
{
    const auto now = std::chrono::steady_clock::now();
    const double cpuSeconds = cpuSecondsSoFar();
    const double wall = std::chrono::duration<double>(now - m_since).count();
    const auto processors = static_cast<double>(std::max(1U, std::thread::hardware_concurrency()));
    const double percent = wall > 0 ? 100 * (cpuSeconds - m_cpuSeconds) / (wall * processors) : 0;
    m_since = now;
    m_cpuSeconds = cpuSeconds;
    return percent;
}

std::uint64_t ProcessUsage::residentBytes() const
{
    std::ifstream file("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace ty::engine
