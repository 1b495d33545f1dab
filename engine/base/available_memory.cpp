#include "engine/base/available_memory.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include <sys/resource.h>

namespace ty {

namespace {

constexpr std::uint64_t kFallbackMemory = std::uint64_t{1} << 30;
constexpr std::uint64_t kKibi = 1024;
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

/// $TRAINYARD_MEMORY: 800M, 1.5G, 2GiB; kUnlimited if it is not set or says nothing.
std::uint64_t chosenLimit()
{
    const char* const text = std::getenv("TRAINYARD_MEMORY");
    const std::string_view given(text != nullptr ? text : "");
    double number = 0;
    const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), number);
    if (failure != std::errc{} || !(number >= 0)) {
        return kUnlimited;
    }
    std::string unit(end, static_cast<std::size_t>(given.data() + given.size() - end));
    std::transform(unit.begin(), unit.end(), unit.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    for (const char* ending : {"B", "I"}) { // GB, GiB
        if (unit.ends_with(ending)) {
            unit.pop_back();
        }
    }
    const int shift = unit.empty() ? 0 : unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : unit == "T" ? 40 : -1;
    const double bytes = shift < 0 ? -1 : std::ldexp(number, shift);
    return bytes < 0 || bytes >= 0x1p63 ? kUnlimited : static_cast<std::uint64_t>(bytes);
}

/// @param resource  RLIMIT_AS or RLIMIT_DATA
std::uint64_t limitOf(decltype(RLIMIT_AS) resource)
{
    rlimit limit{};
    return getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ? kUnlimited : limit.rlim_cur;
}

/// What is left of a limit on what a line of /proc/self/status counts.
std::uint64_t leftOf(std::uint64_t limit, const char* counted)
{
    if (limit == kUnlimited) {
        return kUnlimited;
    }
    return limit - std::min(limit, numberIn("/proc/self/status", counted, 0) * kKibi);
}

struct GroupMemory {
    std::uint64_t limit = kUnlimited;
    std::uint64_t left = kUnlimited;
};

/// What one control group allows; the files that it has cached can go any time, be they in use or not.
GroupMemory memoryOfGroup(const std::string& folder)
{
    std::ifstream limits(folder + "/memory.max");
    std::ifstream used(folder + "/memory.current");
    GroupMemory group;
    std::uint64_t limit = 0;
    std::uint64_t taken = 0;
    if (!(limits >> limit) || !(used >> taken)) {
        return group; // "max", or no such group
    }
    const std::string statistics = folder + "/memory.stat";
    taken -= std::min(taken, numberIn(statistics, "inactive_file", 0) + numberIn(statistics, "active_file", 0));
    group.limit = limit;
    group.left = limit - std::min(limit, taken);
    return group;
}

/// What the process's group (version 2) and those around it allow.
GroupMemory memoryOfGroups()
{
    const std::string root = "/sys/fs/cgroup";
    std::ifstream file("/proc/self/cgroup");
    std::string line;
    GroupMemory all = memoryOfGroup(root);
    while (std::getline(file, line)) {
        if (line.starts_with("0::/")) {
            for (std::string path = line.substr(3); path.size() > 1; path.resize(std::max<std::size_t>(1, path.rfind('/')))) {
                const GroupMemory group = memoryOfGroup(root + path);
                all.limit = std::min(all.limit, group.limit);
                all.left = std::min(all.left, group.left);
            }
        }
    }
    return all;
}

} // namespace

std::uint64_t availableMemoryBytes()
{
    const std::uint64_t system = numberIn("/proc/meminfo", "MemAvailable:", kFallbackMemory / kKibi) * kKibi;
    // Mapped files are no burden but for the addresses: the system writes them out when it wants their memory.
    return std::min(
        {system,
         memoryOfGroups().left,
         leftOf(limitOf(RLIMIT_AS), "VmSize:"),
         leftOf(limitOf(RLIMIT_DATA), "VmData:"),
         leftOf(chosenLimit(), "RssAnon:")});
}

std::uint64_t memoryLimitBytes()
{
    const std::uint64_t system = numberIn("/proc/meminfo", "MemTotal:", kFallbackMemory / kKibi) * kKibi;
    return std::min({system, memoryOfGroups().limit, limitOf(RLIMIT_AS), limitOf(RLIMIT_DATA), chosenLimit()});
}

} // namespace ty
