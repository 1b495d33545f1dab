#pragma once

#include "app/cli/vm_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

/// Becomes OpenSSH's client, which knows the machine's host keys from the provider and nobody else's. Result: its exit code.
Result<int> vmSsh(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request);

} // namespace ty::cli
