#pragma once

#include <QString>

#include "cloud/provision/machine_request.h"

namespace ty::app {

/// The same machine by the command line: one line for a shell, without secrets.

/// Of `trainyard vm create`.
QString trainyardCommand(const cloud::MachineRequest& request, bool mayAnyoneKnock);
/// Of Azure's own `az`: the group, then the machine. What only Trainyard does (auto-stop) is left out.
QString azCommand(const cloud::MachineRequest& request);
/// Of Google's own `gcloud`, for a machine of Google; the firewall is left as it is.
QString gcloudCommand(const cloud::MachineRequest& request);
/// Of the provider's own tool.
QString providerCommand(const cloud::MachineRequest& request);
/// One line for a shell: words that need it are quoted.
QString shellLine(const std::vector<std::string>& words);

} // namespace ty::app
