#pragma once

#include "app/cli/vm_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

/// What a machine used: a row an interval, as text, JSON or CSV. What was not measured is "-", null or nothing; never 0.
Result<int> vmMetrics(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request);

} // namespace ty::cli
