#pragma once

#include <memory>
#include <string>

#include "app/provisioning/account.h"
#include "app/provisioning/connection.h"
#include "cloud/auth/auth_transport.h"
#include "cloud/auth/google_sources.h"
#include "cloud/gcp/compute_client.h"
#include "cloud/http/wire.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// A signed-in way to Google: one account, any number of threads. Requests go out as sign-in > retries > log.
class GoogleConnection {
public:
    /// Nothing is sent yet. Errors: NotSignedIn when the account's secret is not in the store, InvalidInput for a key file
    /// that is none, Unsupported for a sign-in of another provider.
    static Result<std::unique_ptr<GoogleConnection>> open(
        const Account& account, cloud::SecretStore& secrets, ConnectionHooks hooks);

    const Account& account() const { return m_account; }
    cloud::gcp::ComputeClient& client() { return *m_client; }
    /// Signed in to the price list, which is another service of Google's.
    cloud::Transport& billing() { return *m_billing; }
    std::string pricesUrl() const;
    /// Signed in to Resource Manager, which knows projects and rights.
    cloud::Transport& manager() { return *m_manager; }
    std::string managerUrl() const;

private:
    GoogleConnection(Account account, ConnectionHooks hooks);
    Result<std::unique_ptr<cloud::TokenSource>> makeSource(cloud::SecretStore& secrets);

    Account m_account;
    ConnectionHooks m_hooks;
    cloud::Wire m_wire;
    std::unique_ptr<cloud::TokenSource> m_source;
    std::unique_ptr<cloud::TokenCache> m_tokens;
    std::unique_ptr<cloud::AuthTransport> m_auth;
    std::unique_ptr<cloud::AuthTransport> m_billing;
    std::unique_ptr<cloud::AuthTransport> m_manager;
    std::unique_ptr<cloud::Transport> m_wrapped;
    std::unique_ptr<cloud::gcp::ComputeClient> m_client;
};

} // namespace ty::app
