#pragma once

#include <stop_token>
#include <string>

#include "app/provisioning/connection.h"
#include "cloud/provision/machine_info.h"

namespace ty::app {

/// What the machine wrote on its console since it last started, as the provider kept it; empty: nothing yet. Its last
/// megabyte. Blocks. Errors: Network, NotFound, Permission.
Result<std::string> readBootLog(AzureConnection& connection, const cloud::MachineInfo& machine, std::stop_token stop);

} // namespace ty::app
