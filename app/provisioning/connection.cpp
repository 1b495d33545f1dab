#include "app/provisioning/connection.h"

#include <utility>

namespace ty::app {

namespace {

using namespace cloud;

constexpr const char* kPublicManagement = "https://management.azure.com";
constexpr const char* kPublicPrices = "https://prices.azure.com";

Error missingSecret(const Account& account, const SecretStore& secrets)
{
    return Error{
        ErrorKind::NotSignedIn, "the secret of \"" + account.name + "\" is not in " + secrets.place(),
        "Sign in again, in the window by Accounts, or with: trainyard cloud login " + account.name};
}

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
    AzureAuthority authority;
    if (!m_account.loginUrl.empty()) {
        authority.url = m_account.loginUrl;
    }
    if (!m_account.tenant.empty()) {
        authority.tenant = m_account.tenant;
    }
    const std::string& kind = m_account.signIn;
    if (kind == "cli") {
        AzureCli::Options options;
        options.tenant = m_account.tenant;
        options.subscription = m_account.scope;
        return std::unique_ptr<TokenSource>(std::make_unique<AzureCli>(options));
    }
    if (kind == "managed-identity") {
        AzureManagedIdentity::Options options;
        options.endpoint = AzureManagedIdentity::endpointOfEnvironment();
        options.clientId = m_account.clientId;
        return std::unique_ptr<TokenSource>(std::make_unique<AzureManagedIdentity>(m_wire.transport(), options));
    }
    TY_TRY(const auto secret, secrets.find(m_account.secretName()));
    if (kind == "device-code") {
        AzureDeviceCode::Options options;
        options.authority = authority;
        if (!m_account.clientId.empty()) {
            options.clientId = m_account.clientId;
        }
        options.refreshToken = secret.value_or(Secret());
        options.onPrompt = m_hooks.showCode;
        options.onRefreshToken = [&secrets, name = m_account.secretName(), label = m_account.name](const Secret& token) {
            // A token that cannot be kept holds for this session all the same.
            (void)secrets.put(name, token, "Trainyard: " + label);
        };
        return std::unique_ptr<TokenSource>(std::make_unique<AzureDeviceCode>(m_wire.transport(), std::move(options)));
    }
    if (kind == "secret" || kind == "certificate" || kind == "sandbox") {
        if (!secret) {
            return missingSecret(m_account, secrets);
        }
        AzureServicePrincipal::Options options;
        options.authority = authority;
        options.clientId = m_account.clientId;
        if (kind == "certificate") {
            options.credential = ClientCertificate{*secret, secret->reveal(), ClientCertificate::Algorithm::Ps256};
        } else {
            options.credential = *secret;
        }
        return std::unique_ptr<TokenSource>(std::make_unique<AzureServicePrincipal>(m_wire.transport(), std::move(options)));
    }
    return Error{ErrorKind::Unsupported, "Azure knows no sign-in \"" + kind + "\"", {}};
}

} // namespace ty::app
