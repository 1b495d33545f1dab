#include "app/provisioning/account_sign_in.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "app/provisioning/sandbox_process.h"

namespace ty::app {

namespace {

using namespace cloud;

SignIn plainSignIn(const Account& account)
{
    const CurlOptions curl = curlOptionsOf(account);
    SignIn signIn;
    signIn.account = account.name;
    signIn.provider = account.provider;
    signIn.kind = !account.isSandbox() ? account.signIn : account.isGoogle() ? "service-account" : "secret";
    signIn.tenant = account.tenant;
    signIn.clientId = account.clientId;
    signIn.scope = account.scope;
    signIn.loginUrl = account.loginUrl;
    signIn.service = account.managementUrl;
    signIn.caFile = curl.extraCaFile;
    signIn.isDirect = curl.isDirect;
    return signIn;
}

std::string wordOf(const std::string& provider)
{
    return provider == "google" ? "Google" : "Azure";
}

} // namespace

Result<SignIn> signInOf(const Account& account, SecretStore& secrets)
{
    SignIn signIn = plainSignIn(account);
    if (account.hasSecret() || account.isSandbox()) {
        TY_TRY(signIn.secret, secrets.find(account.secretName()));
    }
    if (!signIn.secret && (account.hasGivenSecret() || account.isSandbox())) {
        return Error{
            ErrorKind::NotSignedIn, "the secret of \"" + account.name + "\" is not in " + secrets.place(),
            "Sign in again, in the window by Accounts, or with: trainyard cloud login " + account.name};
    }
    return signIn;
}

Result<SignIn> findSignIn(
    const catalog::Paths& paths, SecretStore& secrets, const std::string& provider, const std::string& name)
{
    TY_TRY(const auto catalog, catalog::Catalog::open(paths));
    AccountBook book(*catalog);
    TY_TRY(const std::vector<Account> all, book.all());
    std::vector<Account> fitting;
    std::copy_if(all.begin(), all.end(), std::back_inserter(fitting), [&](const Account& each) {
        return each.provider == provider && (name.empty() ? !each.isSandbox() : each.name == name);
    });
    if (fitting.size() != 1) {
        return Error{
            fitting.empty() ? ErrorKind::NotFound : ErrorKind::Usage,
            !name.empty()     ? "there is no account \"" + name + "\" of " + wordOf(provider)
            : fitting.empty() ? "no account of " + wordOf(provider) + " is connected"
                              : "several accounts of " + wordOf(provider) + " are connected",
            fitting.empty() && name.empty() ? "Connect one with: trainyard cloud login NAME --provider " + provider
                                            : "Say which with --account; see trainyard cloud accounts."};
    }
    const Account& account = fitting.front();
    if (!account.isSandbox()) {
        return signInOf(account, secrets);
    }
    TY_TRY(auto access, reachSandbox(paths.dataFolder(), sandboxProgram(), account));
    SignIn signIn = plainSignIn(access.account);
    signIn.secret = std::move(access.secret);
    return signIn;
}

} // namespace ty::app
