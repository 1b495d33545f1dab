#include "cloud/azure/instance_view.h"

#include <string_view>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

namespace {

/// What follows `prefix` in the code that starts with it, without case; empty when there is none.
std::string statusAfter(const std::vector<InstanceStatus>& statuses, std::string_view prefix)
{
    for (const InstanceStatus& status : statuses) {
        if (status.code.size() > prefix.size() && isSame(status.code.substr(0, prefix.size()), std::string(prefix))) {
            return status.code.substr(prefix.size());
        }
    }
    return {};
}

} // namespace

MachineState machineState(const std::string& provisioningState, const std::vector<InstanceStatus>& statuses)
{
    if (isSame(provisioningState, "Deleting")) {
        return MachineState::Deleting;
    }
    const std::string power = statusAfter(statuses, "PowerState/");
    if (isSame(provisioningState, "Failed") && power.empty()) {
        return MachineState::Failed;
    }
    if (isSame(power, "running")) {
        return MachineState::Running;
    }
    if (isSame(power, "starting")) {
        return MachineState::Starting;
    }
    if (isSame(power, "stopping") || isSame(power, "deallocating")) {
        return MachineState::Stopping;
    }
    if (isSame(power, "stopped")) {
        return MachineState::StoppedBilled;
    }
    if (isSame(power, "deallocated")) {
        return MachineState::Off;
    }
    return isSame(provisioningState, "Creating") ? MachineState::Starting : MachineState::Unknown;
}

std::string settledAt(const std::optional<InstanceView>& view)
{
    constexpr std::string_view kProvisioning = "ProvisioningState/";
    for (const InstanceStatus& status : view ? view->statuses : std::vector<InstanceStatus>()) {
        if (status.code.starts_with(kProvisioning)) {
            return status.time;
        }
    }
    return {};
}

} // namespace ty::cloud::azure
