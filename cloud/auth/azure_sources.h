#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cloud/auth/token_source.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"

namespace ty::cloud {

/// Where accounts of Azure sign in. Sovereign clouds and sandboxes have their own address.
struct AzureAuthority {
    std::string url = "https://login.microsoftonline.com"; ///< without a last slash
    std::string tenant = "organizations";                  ///< id, domain, "organizations" or "common"

    std::string tokenUrl() const { return url + "/" + tenant + "/oauth2/v2.0/token"; }
    std::string deviceCodeUrl() const { return url + "/" + tenant + "/oauth2/v2.0/devicecode"; }
};

/// The client id that Microsoft's own libraries use for developers' tools.
inline constexpr const char* kDeveloperClientId = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// What the person has to do to sign in.
struct DeviceCodePrompt {
    std::string verificationUrl; ///< to open in a browser
    std::string userCode;        ///< to type there
    std::string message;         ///< the service's own sentence
    WallTime expiresAt;
};

/// Sign-in of a person in a browser: a code is shown, and the token comes when it was typed. Later renewals need no
/// person, by the refresh token.
class AzureDeviceCode : public TokenSource {
public:
    struct Options {
        AzureAuthority authority;
        std::string clientId = kDeveloperClientId;
        Secret refreshToken; ///< of an earlier sign-in
        /// Shows the code; called on the fetching thread. None: a new sign-in is refused, which suits background work.
        std::function<void(const DeviceCodePrompt&)> onPrompt;
        /// Keeps the newest refresh token; called on the fetching thread.
        std::function<void(const Secret&)> onRefreshToken;
        WallClock now = std::chrono::system_clock::now;
        RetryTransport::Sleep sleep = sleepFor;
    };

    /// `transport` outlives this.
    AzureDeviceCode(Transport& transport, Options options);
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;

private:
    Result<AccessToken> refresh(const TokenRequest& request, std::stop_token stop);
    Result<AccessToken> signIn(const TokenRequest& request, std::stop_token stop);

    Transport& m_transport;
    Options m_options;
};

/// An RSA key and its certificate, both PEM; the file may hold them one after the other.
struct ClientCertificate {
    Secret privateKeyPem;
    std::string certificatePem;
    enum class Algorithm { Ps256, Rs256 } algorithm = Algorithm::Ps256;
};

/// Sign-in of a program (service principal) with a secret or a certificate.
class AzureServicePrincipal : public TokenSource {
public:
    struct Options {
        AzureAuthority authority;
        std::string clientId;
        std::variant<Secret, ClientCertificate> credential;
        WallClock now = std::chrono::system_clock::now;
    };

    /// `transport` outlives this.
    AzureServicePrincipal(Transport& transport, Options options);
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;

private:
    Transport& m_transport;
    Options m_options;
};

/// The sign-in that the Azure CLI keeps ("az login").
class AzureCli : public TokenSource {
public:
    struct Options {
        std::string program = "az";
        std::string tenant;       ///< empty: the CLI's own
        std::string subscription; ///< empty: the CLI's own
        std::chrono::milliseconds timeout{30'000};
    };

    explicit AzureCli(Options options);
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;

private:
    Options m_options;
};

/// The identity of the machine this runs on, when that is a machine of Azure.
class AzureManagedIdentity : public TokenSource {
public:
    struct Options {
        std::string endpoint = "http://169.254.169.254"; ///< without a last slash
        std::string clientId; ///< of a user-assigned identity; empty: the machine's own
        WallClock now = std::chrono::system_clock::now;
        RetryTransport::Sleep sleep = sleepFor;
    };

    /// `transport` must use no proxy, and outlives this.
    AzureManagedIdentity(Transport& transport, Options options);
    /// AZURE_POD_IDENTITY_AUTHORITY_HOST of this process, by which Microsoft's own libraries find the endpoint elsewhere; else
    /// the address that it has on every machine of Azure.
    static std::string endpointOfEnvironment();
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;
    /// Whether this machine has such an endpoint at all; answers within a second.
    bool isAvailable(std::stop_token stop);

private:
    HttpRequest identityRequest(const TokenRequest& request) const;

    Transport& m_transport;
    Options m_options;
};

} // namespace ty::cloud
