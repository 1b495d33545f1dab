#include "cloud/sandbox/machine_metrics.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "cloud/sandbox/arm_call.h"
#include "cloud/sandbox/azure_sizes.h"

namespace ty::sandbox {

namespace {

constexpr std::int64_t kMinutesKept = 93LL * 24 * 60;

std::int64_t minuteOf(TimePoint time)
{
    return std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count();
}

std::string keyOf(const std::string& machine, std::int64_t hour)
{
    return fmt::format("metric/{}/{:010d}", machine, hour);
}

/// One hour of a machine: {"cpu": {"27": [count, sum, least, most]}, ...} by minute of the hour.
void add(Json& hour, const std::string& minute, const char* quantity, double value)
{
    Json& slot = hour[quantity][minute];
    if (!slot.is_array()) {
        slot = {1, value, value, value};
        return;
    }
    slot = {slot[0].get<int>() + 1, slot[1].get<double>() + value, std::min(slot[2].get<double>(), value),
            std::max(slot[3].get<double>(), value)};
}

} // namespace

void MachineMetrics::sample()
{
    for (const auto& key : m_world.store.keysBelow("arm/subscriptions/")) {
        const Json& document = *m_world.store.find(key);
        if (document.value("type", "") == "microsoft.compute/virtualmachines" && document.value("power", "") == "running") {
            const auto* size = findAzureSize(
                textAt(propertiesOf(bodyOf(document)).value("hardwareProfile", Json::object()), "vmSize"));
            const int cores = size == nullptr ? 1 : size->cores;
            const std::string machine = document.value("machine", "");
            sampleOne(machine, cores, (size == nullptr ? 1 : size->memoryGiB) * (1U << 30));
        }
    }
}

void MachineMetrics::sampleOne(const std::string& machine, int cores, double memoryBytes)
{
    const auto now = m_world.clock.now();
    const MachineUsage usage = m_world.host.usage(machine);
    const auto [found, isFirst] = m_last.try_emplace(machine, Last{usage, now});
    const double seconds = std::chrono::duration<double>(now - found->second.time).count();
    if (isFirst || seconds <= 0) {
        return;
    }
    const MachineUsage before = found->second.usage;
    found->second = {usage, now};
    const std::int64_t minute = minuteOf(now);
    const std::string key = keyOf(machine, minute / 60);
    const Json* kept = m_world.store.find(key);
    Json hour = kept == nullptr ? Json::object() : *kept;
    const std::string slot = fmt::format("{}", minute % 60);
    // A machine cannot use more processors than this computer has, whatever its size says.
    const double available = std::min(cores, std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
    const auto grown = [](std::uint64_t from, std::uint64_t to) { return to >= from ? static_cast<double>(to - from) : 0.0; };
    add(hour, slot, "cpu", std::clamp(100 * (usage.cpuSeconds - before.cpuSeconds) / (seconds * available), 0.0, 100.0));
    add(hour, slot, "read", grown(before.diskReadBytes, usage.diskReadBytes));
    add(hour, slot, "write", grown(before.diskWriteBytes, usage.diskWriteBytes));
    add(hour, slot, "in", grown(before.networkInBytes, usage.networkInBytes));
    add(hour, slot, "out", grown(before.networkOutBytes, usage.networkOutBytes));
    add(hour, slot, "memory", std::max(0.0, memoryBytes - static_cast<double>(usage.memoryBytes)));
    m_world.store.put(key, std::move(hour));
    if (kept == nullptr) {
        const std::string oldest = keyOf(machine, (minute - kMinutesKept) / 60);
        for (const auto& old : m_world.store.keysBelow("metric/" + machine + "/")) {
            if (old < oldest) {
                m_world.store.erase(old);
            }
        }
    }
}

std::vector<MetricMinute> MachineMetrics::minutes(
    const World& world, const std::string& machine, const std::string& quantity, TimePoint from, TimePoint to)
{
    std::vector<MetricMinute> list;
    for (std::int64_t hour = minuteOf(from) / 60; hour <= minuteOf(to) / 60; ++hour) {
        const Json* kept = world.store.find(keyOf(machine, hour));
        if (kept == nullptr || !kept->contains(quantity)) {
            continue;
        }
        for (const auto& [minute, slot] : kept->at(quantity).items()) {
            const std::int64_t at = hour * 60 + std::stol(minute);
            if (at >= minuteOf(from) && at < minuteOf(to) + 1) {
                list.push_back({at, slot[0].get<int>(), slot[1].get<double>(), slot[2].get<double>(), slot[3].get<double>()});
            }
        }
    }
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.minute < b.minute; });
    return list;
}

} // namespace ty::sandbox
