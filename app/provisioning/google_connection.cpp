#include "app/provisioning/google_connection.h"

#include <chrono>
#include <utility>

#include "app/provisioning/account_sign_in.h"
#include "cloud/gcp/billing_catalog.h"
#include "cloud/gcp/resource_manager.h"

namespace ty::app {

namespace {

using namespace cloud;
using namespace std::chrono_literals;

constexpr const char* kPublicService = "https://compute.googleapis.com";
constexpr const char* kComputePath = "/compute/v1";
constexpr auto kSandboxPoll = 150ms; // its tasks take moments

} // namespace

GoogleConnection::GoogleConnection(Account account, ConnectionHooks hooks)
    : m_account(std::move(account)), m_hooks(std::move(hooks)), m_wire(curlOptionsOf(m_account), {}, m_hooks.log)
{
}

Result<std::unique_ptr<GoogleConnection>> GoogleConnection::open(
    const Account& account, SecretStore& secrets, ConnectionHooks hooks)
{
    std::unique_ptr<GoogleConnection> connection(new GoogleConnection(account, std::move(hooks)));
    TY_TRY(connection->m_source, connection->makeSource(secrets));
    const std::string service = account.managementUrl.empty() ? kPublicService : account.managementUrl;
    connection->m_tokens = std::make_unique<TokenCache>(*connection->m_source);
    connection->m_auth = std::make_unique<AuthTransport>(
        connection->m_wire.transport(), *connection->m_tokens, service, kGoogleScope);
    connection->m_billing = std::make_unique<AuthTransport>(
        connection->m_wire.transport(), *connection->m_tokens, connection->pricesUrl(), kGoogleScope);
    connection->m_manager = std::make_unique<AuthTransport>(
        connection->m_wire.transport(), *connection->m_tokens, connection->managerUrl(), kGoogleScope);
    Transport* outer = connection->m_auth.get();
    if (connection->m_hooks.wrap) {
        connection->m_wrapped = connection->m_hooks.wrap(*outer);
        outer = connection->m_wrapped.get();
    }
    gcp::ComputeOptions options;
    options.baseUrl = service + kComputePath;
    if (account.isSandbox()) {
        options.pollEvery = kSandboxPoll;
    }
    connection->m_client = std::make_unique<gcp::ComputeClient>(*outer, options);
    return connection;
}

std::string GoogleConnection::pricesUrl() const
{
    return m_account.pricesUrl.empty() ? gcp::kBillingHost : m_account.pricesUrl;
}

/// A cloud at an address of its own, such as a sandbox, has all services there.
std::string GoogleConnection::managerUrl() const
{
    return m_account.managementUrl.empty() ? gcp::kManagerHost : m_account.managementUrl;
}

Result<std::unique_ptr<TokenSource>> GoogleConnection::makeSource(SecretStore& secrets)
{
    TY_TRY(const SignIn signIn, signInOf(m_account, secrets));
    return makeTokenSource(signIn, m_wire.transport());
}

} // namespace ty::app
