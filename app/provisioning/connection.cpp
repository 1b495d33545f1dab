#include "app/provisioning/connection.h"

#include <utility>

#include "app/provisioning/account_sign_in.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr const char* kPublicManagement = "https://management.azure.com";
constexpr const char* kPublicPrices = "https://prices.azure.com";

/// Stands where another provider's account has no way to Azure.
class RefusingTransport : public Transport {
public:
    explicit RefusingTransport(std::string account) : m_account(std::move(account)) {}

    Result<HttpResponse> send(const HttpRequest&, std::stop_token) override
    {
        return Error{
            ErrorKind::Unsupported, m_account + " is not an account of Azure, where alone this can be done",
            "Choose an account of Azure."};
    }

private:
    std::string m_account;
};

} // namespace

AzureConnection::AzureConnection(Account account, ConnectionHooks hooks)
    : m_account(std::move(account)), m_hooks(std::move(hooks)), m_wire(curlOptionsOf(m_account), {}, m_hooks.log)
{
}

std::unique_ptr<AzureConnection> AzureConnection::refusing(const Account& account)
{
    std::unique_ptr<AzureConnection> connection(new AzureConnection(account, {}));
    connection->m_wrapped = std::make_unique<RefusingTransport>(account.name);
    connection->m_client = std::make_unique<azure::ArmClient>(*connection->m_wrapped, azure::ArmOptions{});
    return connection;
}

Result<std::unique_ptr<AzureConnection>> AzureConnection::open(
    const Account& account, SecretStore& secrets, ConnectionHooks hooks)
{
    std::unique_ptr<AzureConnection> connection(new AzureConnection(account, std::move(hooks)));
    TY_TRY(connection->m_source, connection->makeSource(secrets));
    const std::string service = account.managementUrl.empty() ? kPublicManagement : account.managementUrl;
    connection->m_tokens = std::make_unique<TokenCache>(*connection->m_source);
    // A sandbox gives tokens for the public cloud's name, as the real sign-in does.
    connection->m_auth = std::make_unique<AuthTransport>(
        connection->m_wire.transport(), *connection->m_tokens, service, std::string(kPublicManagement) + "/.default");
    Transport* outer = connection->m_auth.get();
    if (connection->m_hooks.wrap) {
        connection->m_wrapped = connection->m_hooks.wrap(*outer);
        outer = connection->m_wrapped.get();
    }
    connection->m_requestId = std::make_unique<RequestIdTransport>(*outer);
    azure::ArmOptions options;
    options.baseUrl = service;
    connection->m_client = std::make_unique<azure::ArmClient>(*connection->m_requestId, options);
    return connection;
}

std::string AzureConnection::pricesUrl() const
{
    return m_account.pricesUrl.empty() ? kPublicPrices : m_account.pricesUrl;
}

Result<std::unique_ptr<TokenSource>> AzureConnection::makeSource(SecretStore& secrets)
{
    TY_TRY(const SignIn signIn, signInOf(m_account, secrets));
    SignInHooks hooks;
    hooks.showCode = m_hooks.showCode;
    hooks.keepRefreshToken = [&secrets, name = m_account.secretName(), label = m_account.name](const Secret& token) {
        // A token that cannot be kept holds for this session all the same.
        (void)secrets.put(name, token, "Trainyard: " + label);
    };
    return makeTokenSource(signIn, m_wire.transport(), std::move(hooks));
}

} // namespace ty::app
