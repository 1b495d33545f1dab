#pragma once

#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/charges.h"
#include "app/catalog/paths.h"
#include "app/provisioning/cloud_session.h"
#include "cloud/provision/cost.h"

namespace ty::app {

/// Names of the accounts whose machines cost nobody anything.
std::set<std::string> sandboxNames();

/// A look at what our machines in one account cost now.
struct CostLook {
    std::vector<catalog::Sighting> sightings;
    std::vector<cloud::MachineInfo> machines; ///< of the same places; nodes of clusters are machines, too
    std::map<std::string, cloud::MachineRequest> requests; ///< by mark: what was asked for, where this computer knows it
};

/// Reads the account's machines that Trainyard made, and the nodes of its clusters, and what they cost an hour by the price list. Keeps the prices: one
/// object an account, one thread.
class CostWatch {
public:
    /// Errors: those of the cloud. A price that is not known makes a sighting partial, no error.
    Result<CostLook> look(CloudSession& session, const std::string& currency, std::stop_token stop);

private:
    void note(
        CloudSession& session, CostLook& look, cloud::MachineInfo machine, const std::optional<cloud::MachineRequest>& request,
        const std::string& currency, std::stop_token stop);
    const cloud::CostTable* priceOf(
        CloudSession& session, const cloud::MachineInfo& machine, const std::optional<cloud::MachineRequest>& request,
        const std::string& currency, std::stop_token stop);

    std::map<std::string, cloud::CostTable> m_prices; ///< by mark and size
};

/// Looks once and keeps what was seen among the charges. Errors: those of the cloud and of the catalog.
Result<void> recordCosts(CloudSession& session, const catalog::Paths& paths, std::stop_token stop);

} // namespace ty::app
