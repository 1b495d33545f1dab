#pragma once

#include <string>

#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// The start-up script (cloud-config) of a machine: the idle stop with its timer and its settings. `machineId` is the
/// provider's id, with which an Azure machine releases itself; `idleStop` is the text of packaging/machine/idle-stop.sh.
/// Source: cloud-init's documentation of cloud-config (write_files, runcmd).
std::string cloudInit(const MachineRequest& request, const std::string& machineId, const std::string& idleStop);

} // namespace ty::cloud
