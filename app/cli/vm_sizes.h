#pragma once

#include "app/cli/vm_command.h"
#include "app/provisioning/cloud_session.h"
#include "cloud/provision/machine_info.h"

namespace ty::cli {

/// The sizes that a machine may change to, with price and quota, and why the others are not for it.
Result<int> vmSizes(app::CloudSession& session, const cloud::MachineInfo& machine, const VmRequest& request);

} // namespace ty::cli
