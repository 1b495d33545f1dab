#pragma once

#include "app/cli/cloud_command.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

// What there is to choose from. Result: the exit code.

/// Errors: Usage without region and size, Unsupported at Google, which has no price list by machine type.
Result<int> cloudPrices(app::CloudSession& session, const CloudRequest& request);
/// The curated list, or the provider's own.
Result<int> cloudImages(app::CloudSession& session, const CloudRequest& request);
/// Kinds of disks, with their tiers.
Result<int> cloudDisks(const CloudRequest& request);

} // namespace ty::cli
