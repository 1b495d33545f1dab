#pragma once

#include <string>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

/// A machine's daily shutdown. Azure knows it as a schedule of Microsoft.DevTestLab that has to be called
/// "shutdown-computevm-<machine>".
struct ShutdownSchedule : Resource {
    std::string status = "Enabled"; ///< or Disabled
    std::string taskType = "ComputeVmShutdownTask";
    std::string time;                ///< "1900": hour and minute
    std::string timeZone = "UTC";    ///< Windows name of the zone
    std::string targetResourceId;    ///< the machine
    std::string notificationStatus;  ///< Enabled or Disabled
    std::string notificationEmail;
    std::string provisioningState;

    void fields(auto& f)
    {
        resourceFields(f);
        f("properties.status", status);
        f("properties.taskType", taskType);
        f("properties.dailyRecurrence.time", time);
        f("properties.timeZoneId", timeZone);
        f("properties.targetResourceId", targetResourceId);
        f("properties.notificationSettings.status", notificationStatus);
        f("properties.notificationSettings.emailRecipient", notificationEmail);
        f("properties.provisioningState", provisioningState);
    }
};

} // namespace ty::cloud::azure
