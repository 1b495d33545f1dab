#include "app/provisioning/cloud_session.h"

#include <utility>

#include "app/provisioning/azure_provider.h"
#include "app/provisioning/google_provider.h"
#include "app/provisioning/open_operations.h"
#include "app/provisioning/sandbox_process.h"
#include "cloud/secrets/session_secrets.h"

namespace ty::app {

Result<std::unique_ptr<CloudSession>> CloudSession::open(
    const catalog::Paths& paths, const Account& account, cloud::SecretStore& secrets, ConnectionHooks hooks)
{
    std::unique_ptr<CloudSession> session(new CloudSession);
    TY_TRY(session->m_operations, catalog::Operations::open(paths));
    TY_TRY(session->m_records, catalog::Machines::open(paths));
    Account reached = account;
    cloud::SecretStore* store = &secrets;
    if (account.isSandbox()) {
        TY_TRY(auto access, reachSandbox(paths.dataFolder(), sandboxProgram(), account));
        reached = std::move(access.account);
        session->m_sandboxSecrets = std::make_unique<cloud::SessionSecrets>();
        TY_CHECK(session->m_sandboxSecrets->put(reached.secretName(), access.secret, "sandbox"));
        store = session->m_sandboxSecrets.get();
    }
    if (reached.provider == "google") {
        TY_TRY(session->m_google, GoogleConnection::open(reached, *store, std::move(hooks)));
        // The sandbox's list is short, and another sandbox may have another one.
        session->m_googlePrices = std::make_unique<GooglePriceBook>(
            *session->m_google, reached.isSandbox() ? std::string() : paths.cacheFolder() + "/prices");
        session->m_connection = AzureConnection::refusing(reached);
        session->m_provider = std::make_unique<GoogleProvider>(*session->m_google, *session->m_googlePrices);
    } else {
        TY_TRY(session->m_connection, AzureConnection::open(reached, *store, std::move(hooks)));
        session->m_provider = std::make_unique<AzureProvider>(*session->m_connection);
    }
    session->m_machines = std::make_unique<MachineOperations>(
        *session->m_provider, *session->m_operations, *session->m_records, operationLockFolder(paths));
    return session;
}

} // namespace ty::app
