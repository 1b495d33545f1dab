#include "engine/base/available_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace ty {

namespace {

constexpr std::uint64_t kFallbackMemory = std::uint64_t{1} << 30;
constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// The number behind `key` in a file of "key number" lines.
std::uint64_t numberIn(const std::string& file, const std::string& key, std::uint64_t fallback)
{
    std::ifstream lines(file);
    std::string word;
    while (lines >> word) {
        std::uint64_t number = 0;
        if (word == key && lines >> number) {
            return number;
        }
    }
    return fallback;
}

std::uint64_t systemMemoryLeft()
{
    constexpr std::uint64_t kKibi = 1024;
    return numberIn("/proc/meminfo", "MemAvailable:", kFallbackMemory / kKibi) * kKibi;
}

std::uint64_t addressesLeft()
{
    rlimit limit{};
    std::ifstream file("/proc/self/statm");
    std::uint64_t pages = 0;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || !(file >> pages)) {
        return kUnlimited;
    }
    const std::uint64_t taken = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return limit.rlim_cur > taken ? limit.rlim_cur - taken : 0;
}

/// What one control group leaves; its cached files can go any time.
std::uint64_t groupLeft(const std::string& folder)
{
    std::ifstream limits(folder + "/memory.max");
    std::ifstream used(folder + "/memory.current");
    std::uint64_t limit = 0;
    std::uint64_t taken = 0;
    if (!(limits >> limit) || !(used >> taken)) {
        return kUnlimited; // "max", or no such group
    }
    taken -= std::min(taken, numberIn(folder + "/memory.stat", "inactive_file", 0));
    return limit > taken ? limit - taken : 0;
}

/// What the process's group (version 2) and those around it leave.
std::uint64_t groupsLeft()
{
    const std::string root = "/sys/fs/cgroup";
    std::ifstream file("/proc/self/cgroup");
    std::string line;
    std::uint64_t left = groupLeft(root);
    while (std::getline(file, line)) {
        if (line.starts_with("0::/")) {
            for (std::string path = line.substr(3); path.size() > 1; path.resize(std::max<std::size_t>(1, path.rfind('/')))) {
                left = std::min(left, groupLeft(root + path));
            }
        }
    }
    return left;
}

} // namespace

std::uint64_t availableMemoryBytes()
{
    return std::min({systemMemoryLeft(), addressesLeft(), groupsLeft()});
}

} // namespace ty
