#pragma once

#include "app/cli/vm_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

/// Becomes OpenSSH's client, which knows the machine's host keys from the provider and nobody else's. Result: its exit code.
Result<int> vmSsh(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request);

/// Shows the machine's entry for ~/.ssh/config or, if agreed, writes it. Later "ssh NAME" alone goes there.
Result<int> vmSshConfig(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request);

} // namespace ty::cli
