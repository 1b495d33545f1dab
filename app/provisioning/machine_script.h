#pragma once

#include <stop_token>
#include <string>

#include "app/provisioning/connection.h"
#include "cloud/azure/virtual_machine.h"
#include "cloud/provision/machine_info.h"

namespace ty::app {

/// Runs a shell script as root by the provider's agent inside the machine: no network path to it is needed, and no login.
/// Azure gives the last 4 KiB of each output. Blocks until the script ends, which takes half a minute on Azure even for
/// `true`. Errors: the provider's refusal (the machine is off, another script runs), Network, Cancelled.
Result<cloud::azure::ScriptOutput> runScript(
    AzureConnection& connection, const cloud::MachineInfo& machine, const std::string& script, std::stop_token stop);

} // namespace ty::app
