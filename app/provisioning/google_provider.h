#pragma once

#include "app/provisioning/google_connection.h"
#include "app/provisioning/google_price_book.h"
#include "app/provisioning/machine_provider.h"

namespace ty::app {

/// Machines of Google Compute Engine.
class GoogleProvider : public MachineProvider {
public:
    /// Both outlive this.
    GoogleProvider(GoogleConnection& connection, GooglePriceBook& prices);

    const Account& account() const override { return m_connection.account(); }
    Result<std::vector<cloud::MachineInfo>> machines(std::stop_token stop) override;
    Result<std::vector<cloud::ClusterInfo>> clusters(std::stop_token stop) override;
    Result<cloud::Plan> plan(const cloud::JournalEntry& entry) override;
    std::unique_ptr<cloud::Driver> driver(const cloud::JournalEntry& entry) override;
    Result<cloud::CostTable> cost(
        const cloud::MachineRequest& request, const std::string& currency, std::stop_token stop) override;
    Result<std::string> consoleText(const cloud::MachineInfo& machine, std::stop_token stop) override;
    Result<std::string> askForHostKeys(const cloud::MachineInfo& machine, std::stop_token stop) override;

private:
    GoogleConnection& m_connection;
    GooglePriceBook& m_prices;
};

} // namespace ty::app
