#include "cloud/provision/azure_shutdown.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "cloud/azure/machine_requests.h"
#include "cloud/provision/azure_plan.h"
#include "cloud/provision/marks.h"

namespace ty::cloud {

namespace {

using namespace azure;

std::string scheduleOf(const std::string& machineId)
{
    const ResourceRef machine{subscriptionOfId(machineId), groupOfId(machineId), kVirtualMachines, {nameOfId(machineId)}};
    return shutdownOf(machine).id();
}

/// "1900" of "19:00".
std::string withoutColon(std::string time)
{
    time.erase(std::remove(time.begin(), time.end(), ':'), time.end());
    return time;
}

Step removal(const std::string& schedule)
{
    Step step;
    step.kind = Step::Kind::Remove;
    step.title = "Taking back the daily shutdown";
    step.resource = schedule;
    step.isOurs = false; // it is named after the machine, as Azure wants it
    return step;
}

} // namespace

Result<void> checkShutdown(const DailyShutdown& shutdown)
{
    const std::string& time = shutdown.time;
    const auto digits = [&](std::size_t at) {
        return std::isdigit(static_cast<unsigned char>(time[at])) != 0 && std::isdigit(static_cast<unsigned char>(time[at + 1])) != 0;
    };
    const bool isTime = time.size() == 5 && time[2] == ':' && digits(0) && digits(3) && time.substr(0, 2) < "24" && time[3] < '6';
    if (!isTime) {
        return Error{ErrorKind::InvalidInput, "\"" + time + "\" is no time of a day", "Write hours and minutes, for example 19:00."};
    }
    return {};
}

Plan azureShutdownPlan(const MachineInfo& machine, const std::optional<DailyShutdown>& shutdown)
{
    const std::string id = scheduleOf(machine.id);
    TextMap tags = machine.tags;
    tags.erase(kShutdownTag);
    if (!shutdown) {
        Plan plan{{removal(id)}, {}};
        plan.forward.push_back(azureTags(machine.id, tags).forward.front());
        return plan;
    }
    tags[kShutdownTag] = shutdown->time + " " + shutdown->timeZone;
    // The tag first: a machine that goes then takes the schedule along, whenever the program ends.
    Plan plan = azureTags(machine.id, tags);
    ShutdownSchedule schedule;
    schedule.location = machine.region;
    schedule.time = withoutColon(shutdown->time);
    schedule.timeZone = shutdown->timeZone;
    schedule.targetResourceId = machine.id;
    schedule.notificationStatus = "Disabled";
    Step step;
    step.kind = Step::Kind::Reach;
    step.title = "Setting the daily shutdown";
    step.resource = id;
    step.verb = kShutdownVerb;
    step.body = toJson(schedule);
    plan.forward.push_back(std::move(step));
    return plan;
}

std::optional<Step> azureShutdownRemoval(const std::string& machineId, const TextMap& tags)
{
    return tags.contains(kShutdownTag) ? std::optional(removal(scheduleOf(machineId))) : std::nullopt;
}

Result<std::optional<DailyShutdown>> readShutdown(ArmClient& client, const std::string& machineId, std::stop_token stop)
{
    const auto found = client.get<ShutdownSchedule>(
        {"GET", scheduleOf(machineId), {{"api-version", kSchedules.apiVersion}}, {}}, std::move(stop));
    if (!found) {
        const bool isNone = found.error().kind == ErrorKind::NotFound;
        return isNone ? Result<std::optional<DailyShutdown>>(std::optional<DailyShutdown>()) : found.error();
    }
    if (!isSame(found->status, "Enabled") || found->time.size() != 4) {
        return std::optional<DailyShutdown>();
    }
    return std::optional(DailyShutdown{found->time.substr(0, 2) + ":" + found->time.substr(2), found->timeZone});
}

} // namespace ty::cloud
