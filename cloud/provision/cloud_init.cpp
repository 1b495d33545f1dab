#include "cloud/provision/cloud_init.h"

#include <algorithm>
#include <cstdint>

#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

constexpr const char* kScript = "/usr/local/lib/trainyard/idle-stop.sh";

constexpr const char* kService = R"([Unit]
Description=Stops this machine when nobody uses it

[Service]
Type=oneshot
ExecStart=/usr/local/lib/trainyard/idle-stop.sh
)";

constexpr const char* kTimer = R"([Unit]
Description=Looks every minute whether anybody uses this machine

[Timer]
OnBootSec=1min
OnUnitActiveSec=1min
AccuracySec=5s

[Install]
WantedBy=timers.target
)";

/// One entry of write_files. In base64, so that nothing in the text can be mistaken for YAML.
std::string file(const std::string& path, const char* permissions, const std::string& content)
{
    return "- path: " + path + "\n  permissions: '" + permissions + "'\n  encoding: b64\n  content: "
        + encodeBase64(content) + "\n";
}

/// How long the machine may be on; 0: as long as it likes.
std::int64_t budgetMinutes(const MachineRequest& request)
{
    constexpr double kMinutesPerHour = 60;
    constexpr double kLongest = 1e9;
    if (!request.budget || request.listPrice.value_or(0.0) <= 0.0) {
        return 0;
    }
    const double minutes = *request.budget / *request.listPrice * kMinutesPerHour;
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(minutes, kLongest)));
}

} // namespace

std::string cloudInit(const MachineRequest& request, const std::string& machineId, const std::string& idleStop)
{
    const std::string settings = "provider=" + request.provider + "\nmachine_id='" + machineId + "'\nidle_minutes="
        + std::to_string(request.idleMinutes.value_or(0))
        + "\nhard_limit_hours=" + std::to_string(request.hardLimitHours.value_or(0))
        + "\nbudget_minutes=" + std::to_string(budgetMinutes(request)) + "\n";
    std::string text = "#cloud-config\nwrite_files:\n";
    text += file(kScript, "0755", idleStop);
    text += file("/etc/trainyard/idle-stop.conf", "0644", settings);
    text += file("/etc/systemd/system/trainyard-idle-stop.service", "0644", kService);
    text += file("/etc/systemd/system/trainyard-idle-stop.timer", "0644", kTimer);
    text += "runcmd:\n- [systemctl, daemon-reload]\n- [systemctl, enable, --now, trainyard-idle-stop.timer]\n";
    return text;
}

} // namespace ty::cloud
