#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"
#include "cloud/model/machine_state.h"

namespace ty::cloud::azure {

/// "PowerState/running" and the like, one line of a status list; also a line of a command's result.
struct InstanceStatus {
    std::string code;
    std::string level; ///< Info, Warning, Error
    std::string displayStatus;
    std::string message;
    std::string time;

    void fields(auto& f)
    {
        f("code", code);
        f("level", level);
        f("displayStatus", displayStatus);
        f("message", message);
        f("time", time);
    }
};

struct DiskStatus {
    std::string name;
    std::vector<InstanceStatus> statuses;

    void fields(auto& f)
    {
        f("name", name);
        f("statuses", statuses);
    }
};

/// What a machine is doing now, told by the machine's host.
struct InstanceView {
    std::string computerName;
    std::string osName;
    std::string osVersion;
    std::string hyperVGeneration;
    std::string agentVersion;
    std::vector<InstanceStatus> agentStatuses;
    std::vector<DiskStatus> disks;
    std::vector<InstanceStatus> statuses;
    std::string consoleScreenshotUri; ///< carries its permission: a secret
    std::string serialConsoleLogUri;  ///< the same
    std::optional<InstanceStatus> bootLogProblem; ///< why there is no boot log

    void fields(auto& f)
    {
        f("computerName", computerName);
        f("osName", osName);
        f("osVersion", osVersion);
        f("hyperVGeneration", hyperVGeneration);
        f("vmAgent.vmAgentVersion", agentVersion);
        f("vmAgent.statuses", agentStatuses);
        f("disks", disks);
        f("statuses", statuses);
        f("bootDiagnostics.consoleScreenshotBlobUri", consoleScreenshotUri);
        f("bootDiagnostics.serialConsoleLogBlobUri", serialConsoleLogUri);
        f("bootDiagnostics.status", bootLogProblem);
    }
};

/// Where a machine's boot picture and console text can be read for a while.
struct BootLogUris {
    std::string consoleScreenshotUri;
    std::string serialConsoleLogUri;

    void fields(auto& f)
    {
        f("consoleScreenshotBlobUri", consoleScreenshotUri);
        f("serialConsoleLogBlobUri", serialConsoleLogUri);
    }
};

/// The state in our words, from provisioningState ("Succeeded", "Creating", ..) and the statuses of the instance view.
/// What the host says of its power wins: a machine whose last change failed may well run, and cost. One without a power
/// state is as its provisioning says.
MachineState machineState(const std::string& provisioningState, const std::vector<InstanceStatus>& statuses);

/// When the last change from outside (start, stop, another size) came to its end, UTC; empty: not told.
std::string settledAt(const std::optional<InstanceView>& view);

} // namespace ty::cloud::azure
