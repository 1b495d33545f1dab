#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "cloud/http/curl_transport.h"
#include "cloud/model/fields.h"

namespace ty::app {

/// A way into a cloud. Holds no secret: those lie in the secret store under secretName().
struct Account {
    std::string name;     ///< unique, as the person calls it
    std::string provider; ///< "azure" or "google"
    /// Both: "sandbox", "cli". Azure: "device-code", "secret", "certificate", "managed-identity". Google: "service-account"
    /// (a key file), "default" (application default credentials).
    std::string signIn;
    std::string tenant;
    std::string clientId;
    std::string scope;     ///< subscription or project
    std::string managementUrl; ///< empty: the provider's public one
    std::string loginUrl;
    std::string pricesUrl;
    std::string caFile; ///< PEM; an organisation's own authority
    std::optional<std::int64_t> sshPort; ///< of the machines; nothing: 22

    void fields(auto& f)
    {
        f("name", name);
        f("provider", provider);
        f("signIn", signIn);
        f("tenant", tenant);
        f("clientId", clientId);
        f("scope", scope);
        f("managementUrl", managementUrl);
        f("loginUrl", loginUrl);
        f("pricesUrl", pricesUrl);
        f("caFile", caFile);
        f("sshPort", sshPort);
    }

    bool isSandbox() const { return signIn == "sandbox"; }
    bool isGoogle() const { return provider == "google"; }
    /// The person gives it a secret that is kept: a service principal's, a key file.
    bool hasGivenSecret() const { return signIn == "secret" || signIn == "certificate" || signIn == "service-account"; }
    /// Something of it lies in the secret store; else another program or the machine itself is signed in.
    bool hasSecret() const { return hasGivenSecret() || signIn == "device-code"; }
    /// Where the secret store keeps this account's secret: "account/Research/secret".
    std::string secretName() const { return "account/" + name + "/secret"; }
};

/// How libcurl reaches the account's servers.
cloud::CurlOptions curlOptionsOf(const Account& account);

/// How an account's sign-in was when it was last used.
struct AccountState {
    std::string answered;    ///< UTC; when its cloud last took it
    std::string refused;     ///< UTC; since when it does not; empty: it does
    std::string problem;     ///< why
    std::optional<bool> isSignedOut; ///< its secret was taken away on purpose

    void fields(auto& f)
    {
        f("answered", answered);
        f("refused", refused);
        f("problem", problem);
        f("signedOut", isSignedOut);
    }
    /// What becomes of it at `now` (UTC) when its cloud answered, or refused the sign-in.
    AccountState afterAnswer(const std::string& now) const;
    AccountState afterRefusal(const std::string& now, const std::string& why) const;
};

/// The names of the accounts that need no cloud: the sandbox as Azure, and as Google.
inline constexpr const char* kSandboxAccount = "sandbox";
inline constexpr const char* kGoogleSandboxAccount = "sandbox-google";

/// Both of them.
std::vector<Account> sandboxAccounts();

/// The accounts in the catalog's settings. The sandbox's are always among them, first.
class AccountBook {
public:
    /// `catalog` outlives this.
    explicit AccountBook(catalog::Catalog& catalog);

    Result<std::vector<Account>> all();
    /// Errors: NotFound.
    Result<Account> find(const std::string& name);
    /// Adds or replaces. Errors: InvalidInput for an empty name or one of the sandbox's.
    Result<void> put(const Account& account);
    /// And what is known of its sign-in.
    Result<void> remove(const std::string& name);
    /// With all that the catalog knows of it; its secret is the caller's to move.
    /// Errors: NotFound, AlreadyExists, InvalidInput for a name that none can have.
    Result<void> rename(const std::string& from, const std::string& to);

    /// By account; what is not among them was never tried.
    Result<std::map<std::string, AccountState>> states();
    Result<void> setState(const std::string& name, const AccountState& state);

private:
    catalog::Catalog& m_catalog;
};

} // namespace ty::app
