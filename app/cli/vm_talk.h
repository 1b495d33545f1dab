#pragma once

#include <string>

#include "app/cli/output.h"
#include "app/provisioning/machine_operations.h"
#include "app/provisioning/cloud_session.h"
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

/// Of a creation that was refused for its size or place: what could be had instead, as a note. `nodes`: of a cluster, else 1.
void tellAlternatives(
    app::CloudSession& session, const app::OperationReport& report, const cloud::MachineRequest& asked, int nodes);

} // namespace ty::cli
