#pragma once

#include <memory>
#include <string>

#include "app/catalog/catalog.h"
#include "app/provisioning/account.h"
#include "app/provisioning/connection.h"
#include "app/provisioning/google_connection.h"
#include "app/provisioning/google_price_book.h"
#include "app/provisioning/machine_operations.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// All that work with one account needs, opened together. One thread; each worker opens its own.
class CloudSession {
public:
    /// Starts the sandbox when that is the account. `secrets` outlives this. Errors: NotFound (no such account), NotSignedIn,
    /// and those of the catalog.
    static Result<std::unique_ptr<CloudSession>> open(
        const catalog::Paths& paths, const Account& account, cloud::SecretStore& secrets, ConnectionHooks hooks);

    const Account& account() const { return m_connection->account(); }
    MachineProvider& provider() { return *m_provider; }
    /// What it is asked for an account of another provider it refuses.
    AzureConnection& connection() { return *m_connection; }
    /// Null for an account of another provider.
    GoogleConnection* google() { return m_google.get(); }
    /// Of google(); null without.
    GooglePriceBook* googlePrices() { return m_googlePrices.get(); }
    MachineOperations& machines() { return *m_machines; }
    catalog::Operations& operations() { return *m_operations; }
    catalog::Machines& records() { return *m_records; }

private:
    CloudSession() = default;

    std::unique_ptr<cloud::SecretStore> m_sandboxSecrets; ///< of the sandbox, whose secret is no secret from its owner
    std::unique_ptr<catalog::Operations> m_operations;
    std::unique_ptr<catalog::Machines> m_records;
    std::unique_ptr<AzureConnection> m_connection;
    std::unique_ptr<GoogleConnection> m_google;
    std::unique_ptr<GooglePriceBook> m_googlePrices;
    std::unique_ptr<MachineProvider> m_provider;
    std::unique_ptr<MachineOperations> m_machines;
};

} // namespace ty::app
