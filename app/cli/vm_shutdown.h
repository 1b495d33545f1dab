#pragma once

#include "app/cli/vm_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

/// `vm auto-shutdown`: sets, takes away or tells when the cloud itself stops the machine each day.
Result<int> vmShutdown(app::CloudSession& session, const cloud::MachineInfo& machine, const VmRequest& request);

} // namespace ty::cli
