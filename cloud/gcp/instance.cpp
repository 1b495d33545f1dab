#include "cloud/gcp/instance.h"

namespace ty::cloud::gcp {

MachineState Instance::state() const
{
    if (status == "PROVISIONING" || status == "STAGING") {
        return MachineState::Starting;
    }
    if (status == "RUNNING" || status == "REPAIRING") {
        return MachineState::Running;
    }
    if (status == "STOPPING" || status == "SUSPENDING" || status == "PENDING_STOP") {
        return MachineState::Stopping;
    }
    return status == "TERMINATED" || status == "SUSPENDED" || status == "STOPPED" ? MachineState::Off
                                                                                    : MachineState::Unknown;
}

std::string Instance::publicIp() const
{
    for (const NetworkInterface& each : networkInterfaces) {
        for (const AccessConfig& access : each.accessConfigs) {
            if (!access.natIp.empty()) {
                return access.natIp;
            }
        }
    }
    return {};
}

} // namespace ty::cloud::gcp
