#pragma once

#include "app/provisioning/connection.h"
#include "app/provisioning/machine_provider.h"

namespace ty::app {

/// Machines of Azure.
class AzureProvider : public MachineProvider {
public:
    /// `connection` outlives this.
    explicit AzureProvider(AzureConnection& connection);

    const Account& account() const override { return m_connection.account(); }
    Result<std::vector<cloud::MachineInfo>> machines(std::stop_token stop) override;
    Result<std::vector<cloud::ClusterInfo>> clusters(std::stop_token stop) override;
    Result<cloud::Plan> plan(const cloud::JournalEntry& entry) override;
    Result<CaptureOrder> complete(const cloud::MachineInfo& machine, CaptureOrder order, std::stop_token stop) override;
    std::unique_ptr<cloud::Driver> driver(const cloud::JournalEntry& entry) override;
    Result<cloud::CostTable> cost(
        const cloud::MachineRequest& request, const std::string& currency, std::stop_token stop) override;
    Result<std::string> consoleText(const cloud::MachineInfo& machine, std::stop_token stop) override;
    Result<std::string> askForHostKeys(const cloud::MachineInfo& machine, std::stop_token stop) override;

private:
    AzureConnection& m_connection;
};

} // namespace ty::app
