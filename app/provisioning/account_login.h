#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "app/provisioning/account.h"
#include "app/provisioning/connection.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// A subscription of Azure or a project of Google.
struct AccountScope {
    std::string id;
    std::string name; ///< as its owner calls it
};

/// An account that is signed in and not kept yet.
struct SignedIn {
    Account account;
    cloud::Secret secret; ///< to be kept: what was given, or what renews the sign-in; empty: there is none
    std::vector<AccountScope> scopes; ///< what it may use; at Google at least its own project, if it has one
};

/// What is missing before anything is sent, as the field's JSON name and words; nothing: nothing. `hasSecret`: one was given.
struct MissingField {
    std::string field; ///< "name", "tenant", "clientId", "secret"
    std::string message;
};
std::optional<MissingField> missingOf(const Account& account, bool hasSecret);

/// Signs in and reads what the account may use. Nothing is kept: an account that is signed in anew works on as it did when
/// this fails. `secret`: what the person gave, if the sign-in wants something; else empty. Blocks; a device code waits for
/// the person. Errors: InvalidInput, NotSignedIn, Cancelled, those of the cloud.
Result<SignedIn> signIn(
    const catalog::Paths& paths, Account account, const cloud::Secret& secret, ConnectionHooks hooks, std::stop_token stop);
/// Signs in with what is kept, without asking the person anything. The same errors.
Result<std::vector<AccountScope>> testAccount(
    const catalog::Paths& paths, const Account& account, cloud::SecretStore& secrets, std::stop_token stop);

/// All that it may use, whether or not the chosen one is among them. The same errors.
Result<std::vector<AccountScope>> scopesOf(
    const catalog::Paths& paths, Account account, cloud::SecretStore& secrets, std::stop_token stop);

/// "subscription" or "project".
const char* scopeWord(const Account& account);
/// The id of the scope that is asked for by id or name; asked for none: the only one. Errors: NotFound, which names them.
Result<std::string> chooseScope(
    const Account& account, const std::vector<AccountScope>& scopes, const std::string& asked);

/// Keeps it with its secret. Errors: those of the catalog and the secret store; then nothing of it is kept.
Result<void> keepAccount(AccountBook& book, cloud::SecretStore& secrets, const SignedIn& signedIn, const std::string& scope);
/// Notes what became of a sign-in: nothing: the cloud took it. An error that says nothing about it, such as a network that is
/// down, changes nothing.
Result<void> noteSignIn(AccountBook& book, const std::string& account, const std::optional<Error>& error);
/// Takes its secret away; the account stays, to be signed in again.
Result<void> signOut(AccountBook& book, cloud::SecretStore& secrets, const Account& account);
/// Forgets it and its secret; its machines stay.
Result<void> forgetAccount(AccountBook& book, cloud::SecretStore& secrets, const Account& account);
/// Calls it otherwise, wherever it is named. Errors: Busy while something of it is under way, and those of AccountBook::rename().
Result<void> renameAccount(
    catalog::Catalog& catalog, cloud::SecretStore& secrets, const std::string& from, const std::string& to);

/// What goes on in an account, as the catalog knows it without asking anybody.
struct AccountUse {
    int openOperations = 0;
    bool hasOpenChase = false;
    std::vector<std::string> machines; ///< names of ours that were there when last looked at
    double usdPerHour = 0;             ///< of what has a known price
    bool isPartial = false;            ///< something has none
};
Result<AccountUse> readAccountUse(const catalog::Paths& paths, const std::string& account);

} // namespace ty::app
