#pragma once

#include <string>

#include "app/cli/output.h"
#include "app/provisioning/machine_operations.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/machine_info.h"

namespace ty::cli {

/// The words that the window shows, too.
std::string stateWords(cloud::MachineState state);
/// "westeurope/1", "europe-west4-a".
std::string placeOf(const cloud::MachineInfo& machine);

Json costJson(const cloud::CostTable& cost);
std::string costText(const cloud::CostTable& cost);

/// How an operation ended. Result: the exit code.
int tell(const app::OperationReport& report, OutputForm form);

} // namespace ty::cli
