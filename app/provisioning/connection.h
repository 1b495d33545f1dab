#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/provisioning/account.h"
#include "cloud/auth/auth_transport.h"
#include "cloud/auth/azure_sources.h"
#include "cloud/azure/arm_client.h"
#include "cloud/http/request_id.h"
#include "cloud/http/wire.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// What a connection tells and asks while it works; called on the threads that send.
struct ConnectionHooks {
    std::function<void(const std::string& line)> log;
    std::function<void(const cloud::DeviceCodePrompt&)> showCode; ///< none: a sign-in in a browser is refused
    /// Put around what sends each request of Resource Manager, retries included; tests end the program there.
    std::function<std::unique_ptr<cloud::Transport>(cloud::Transport& inner)> wrap;
};

/// A signed-in way to Azure: one account, any number of threads. Requests go out as request id > sign-in > retries > log.
class AzureConnection {
public:
    /// Nothing is sent yet. Errors: NotSignedIn when the account's secret is not in the store, Unsupported for a sign-in of
    /// another provider.
    static Result<std::unique_ptr<AzureConnection>> open(
        const Account& account, cloud::SecretStore& secrets, ConnectionHooks hooks);

    /// For an account of another provider: whatever is asked here is refused with words that say so.
    static std::unique_ptr<AzureConnection> refusing(const Account& account);

    const Account& account() const { return m_account; }
    cloud::azure::ArmClient& client() { return *m_client; }
    /// Without a token: for the price list, which everyone may read.
    cloud::Transport& plain() { return m_wire.transport(); }
    std::string pricesUrl() const;

private:
    AzureConnection(Account account, ConnectionHooks hooks);
    Result<std::unique_ptr<cloud::TokenSource>> makeSource(cloud::SecretStore& secrets);

    Account m_account;
    ConnectionHooks m_hooks;
    cloud::Wire m_wire;
    std::unique_ptr<cloud::TokenSource> m_source;
    std::unique_ptr<cloud::TokenCache> m_tokens;
    std::unique_ptr<cloud::AuthTransport> m_auth;
    std::unique_ptr<cloud::Transport> m_wrapped;
    std::unique_ptr<cloud::RequestIdTransport> m_requestId;
    std::unique_ptr<cloud::azure::ArmClient> m_client;
};

} // namespace ty::app
