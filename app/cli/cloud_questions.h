#pragma once

#include "app/cli/cloud_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

/// "regions", "sizes", "quota": what an account may use. Result: the exit code.
Result<int> cloudQuestion(app::CloudSession& session, const CloudRequest& request);

} // namespace ty::cli
