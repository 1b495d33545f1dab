#pragma once

#include "app/cli/vm_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

/// `trainyard vm leftovers`: what Trainyard left in the account, and what it costs. Result: the exit code.
Result<int> vmLeftovers(app::CloudSession& session, const VmRequest& request);

/// `trainyard vm clean`: deletes the named leftovers, or with --all those that hold nobody's data. Data goes only when its
/// name was typed (--confirm, or on the terminal). Result: the exit code.
Result<int> vmClean(app::CloudSession& session, const VmRequest& request);

} // namespace ty::cli
