#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/account.h"
#include "app/provisioning/capture_order.h"
#include "cloud/provision/cluster.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/driver.h"
#include "cloud/provision/journal.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/machine_request.h"
#include "cloud/provision/operation_runner.h"

namespace ty::app {

/// What differs between the clouds, for the machines of one account. Calls block; one thread.
class MachineProvider {
public:
    virtual ~MachineProvider() = default;

    virtual const Account& account() const = 0;
    virtual Result<std::vector<cloud::MachineInfo>> machines(std::stop_token stop) = 0;
    /// Errors: Unsupported.
    virtual Result<std::vector<cloud::ClusterInfo>> clusters(std::stop_token stop) = 0;
    /// The steps of a journalled operation, the same each time. Errors: Unsupported for what the provider cannot do.
    virtual Result<cloud::Plan> plan(const cloud::JournalEntry& entry) = 0;
    /// The capture of a machine with what the person left open. Errors: AlreadyExists, InvalidInput.
    virtual Result<CaptureOrder> complete(const cloud::MachineInfo&, CaptureOrder order, std::stop_token) { return order; }
    /// What carries them out.
    virtual std::unique_ptr<cloud::Driver> driver(const cloud::JournalEntry& entry) = 0;
    /// What a machine costs. Errors: Network when a price list does not answer; an unknown price is no error.
    virtual Result<cloud::CostTable> cost(
        const cloud::MachineRequest& request, const std::string& currency, std::stop_token stop)
        = 0;
    /// What the machine said on its serial console since it started.
    virtual Result<std::string> consoleText(const cloud::MachineInfo& machine, std::stop_token stop) = 0;
    /// Its public SSH host keys, told by an agent inside, for images that print none. Errors: Unsupported.
    virtual Result<std::string> askForHostKeys(const cloud::MachineInfo& machine, std::stop_token stop) = 0;
};

} // namespace ty::app
