#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "cloud/azure/arm_client.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/operation_runner.h"

namespace ty::cloud {

/// When Azure itself stops a machine each day, and gives its processors back.
struct DailyShutdown {
    std::string time;             ///< "19:00"
    std::string timeZone = "UTC"; ///< Windows name of the zone: "W. Europe Standard Time"

    void fields(auto& f)
    {
        f("time", time);
        f("timeZone", timeZone);
    }
};

/// The verb of the step that sets it.
inline constexpr const char* kShutdownVerb = "daily shutdown";

/// Errors: InvalidInput for what is no time of a day.
Result<void> checkShutdown(const DailyShutdown& shutdown);
/// Sets it, or takes it away. The machine's tag remembers that there is one, since it outlives the machine.
Plan azureShutdownPlan(const MachineInfo& machine, const std::optional<DailyShutdown>& shutdown);
/// What takes a machine's schedule away; nothing where it has none.
std::optional<Step> azureShutdownRemoval(const std::string& machineId, const TextMap& tags);
/// What is set now.
Result<std::optional<DailyShutdown>> readShutdown(
    azure::ArmClient& client, const std::string& machineId, std::stop_token stop);

} // namespace ty::cloud
