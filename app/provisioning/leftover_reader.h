#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_session.h"
#include "cloud/provision/leftover.h"

namespace ty::app {

/// What Trainyard left in the account's subscription or project, with list prices. Blocks.
/// Errors: those of the cloud and of the catalog; a price list that does not answer leaves prices unknown, no error.
Result<std::vector<cloud::Leftover>> readLeftovers(
    CloudSession& session, const std::string& currency, std::stop_token stop);

/// What this computer's journal and catalog know.
Result<cloud::KnownOperations> readKnownOperations(catalog::Operations& operations, catalog::Machines& machines);

/// Those of one mark each: what one operation of MachineOperations::clean() takes.
std::vector<std::vector<cloud::Leftover>> byMark(const std::vector<cloud::Leftover>& leftovers);

/// The sum a month of what is known, and how many prices are not.
struct LeftoverCost {
    double perMonth = 0;
    int unknown = 0;
};
LeftoverCost costOf(const std::vector<cloud::Leftover>& leftovers);

} // namespace ty::app
