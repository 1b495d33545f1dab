#include "app/provisioning/hard_limit.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "app/provisioning/machine_access.h"
#include "app/provisioning/operation_keys.h"
#include "cloud/model/utc_time.h"
#include "cloud/provision/marks.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

using namespace cloud;
using namespace std::chrono_literals;

constexpr auto kGrace = 5min;
constexpr auto kConnectPatience = 15s;
constexpr int kOperations = 20;

/// What may have started a machine.
bool mayStart(const std::string& kind)
{
    return kind == "create" || kind == "attempt" || kind == "start" || kind == "resize" || kind == "capture" || kind == kStartCluster
        || kind == kCreateCluster || kind == kScaleCluster;
}

/// What the machine itself says, in seconds.
Result<std::int64_t> uptimeOf(
    CloudSession& session, const catalog::Paths& paths, const MachineInfo& machine, std::stop_token stop)
{
    TY_TRY(const MachineAccess access, reachMachine(session.provider(), paths, machine, stop));
    TY_TRY(const auto ssh, SshSession::connect(access.target, kConnectPatience, stop));
    TY_TRY(const CommandOutput said, ssh->run("cat /proc/uptime", {}, std::move(stop)));
    return static_cast<std::int64_t>(std::atoll(said.standardOutput.c_str()));
}

} // namespace

std::string onSince(const MachineInfo& machine, const std::vector<catalog::OperationRecord>& operations)
{
    if (!isBilled(machine.state)) {
        return {};
    }
    std::string since = machine.since;
    for (const catalog::OperationRecord& operation : operations) {
        // One that is under way may be starting it now.
        if (mayStart(operation.kind) && operation.ended.empty()) {
            return {};
        }
        if (!since.empty() && mayStart(operation.kind)) {
            const auto ended = unixSeconds(operation.ended);
            const auto before = unixSeconds(since);
            since = ended && before && *ended > *before ? operation.ended : since;
        }
    }
    return since;
}

bool isOverdue(const std::string& since, std::int64_t hours, const std::string& now)
{
    const auto from = unixSeconds(since);
    const auto to = unixSeconds(now);
    return hours > 0 && from && to && std::chrono::seconds(*to - *from) >= std::chrono::hours(hours) + kGrace;
}

std::vector<Overdue> overdueOf(
    CloudSession& session, const catalog::Paths& paths, const CostLook& look, std::stop_token stop)
{
    std::vector<Overdue> found;
    for (const MachineInfo& machine : look.machines) {
        const auto request = look.requests.find(machine.tags.at(kOperationTag));
        const std::int64_t hours = request == look.requests.end() ? 0 : request->second.hardLimitHours.value_or(0);
        if (hours <= 0) {
            continue;
        }
        const auto named = machine.tags.find(kMachineTag); // of a node: its cluster
        const auto operations = session.operations().of(named == machine.tags.end() ? machine.name : named->second, kOperations);
        const std::string since = operations ? onSince(machine, *operations) : std::string();
        if (!isOverdue(since, hours, utcNow())) {
            continue;
        }
        const auto uptime = uptimeOf(session, paths, machine, stop);
        // In the sandbox a machine is a process, and the uptime is this computer's.
        const bool isYoung = uptime && !session.account().isSandbox() && std::chrono::seconds(*uptime) < std::chrono::hours(hours);
        if (!isYoung) {
            found.push_back({machine, hours, since});
        }
    }
    return found;
}

} // namespace ty::app
