#pragma once

#include "app/catalog/paths.h"
#include "app/cli/vm_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

/// `trainyard vm test-auto-stop`: proves on the machine itself that it stops when idle. Result: 0 when it is proven.
Result<int> vmTestAutoStop(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request);
/// `trainyard vm keep`: the machine does not stop for idleness for so many hours.
Result<int> vmKeep(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request);

} // namespace ty::cli
