#pragma once

#include "app/cli/cloud_command.h"

namespace ty::cli {

/// `trainyard cloud budget`: shows what was spent and what may be, or sets an amount. Asks no cloud. Result: the exit code.
Result<int> budgetCommand(catalog::Catalog& catalog, const CloudRequest& request);

} // namespace ty::cli
