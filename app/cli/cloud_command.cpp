#include "app/cli/cloud_command.h"

#include <iostream>
#include <map>

#include <fmt/format.h>

#include "app/cli/account_session.h"
#include "app/cli/cloud_lists.h"
#include "app/cli/cloud_questions.h"
#include "app/cli/budget_command.h"
#include "app/cli/secret_input.h"
#include "app/provisioning/account_login.h"
#include "app/provisioning/cloud_session.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::Account;
using app::CloudSession;

Json toJsonRow(const Account& account)
{
    return {{"name", account.name},
            {"provider", account.provider},
            {"signIn", account.signIn},
            {"tenant", account.tenant},
            {"clientId", account.clientId},
            {account.provider == "google" ? "project" : "subscription", account.scope}};
}

/// "answered 2026-11-21", "refused since ...": how its sign-in is.
std::string stateText(const Account& account, const std::map<std::string, app::AccountState>& states)
{
    const auto found = states.find(account.name);
    if (account.isSandbox()) {
        return "connected";
    }
    if (found == states.end()) {
        return "not tried yet";
    }
    const app::AccountState& state = found->second;
    constexpr std::size_t kMinute = 16; // of "2026-11-21T14:05:30Z"
    return state.isSignedOut.value_or(false) ? "signed out"
        : !state.refused.empty()             ? "sign-in refused since " + state.refused.substr(0, kMinute)
        : state.answered.empty()             ? "not tried yet"
                                             : "connected, " + state.answered.substr(0, kMinute);
}

Result<int> listAccounts(app::AccountBook& book, const SecretStore& secrets, OutputForm form)
{
    TY_TRY(const auto accounts, book.all());
    TY_TRY(const auto states, book.states());
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const Account& account : accounts) {
        const std::string state = stateText(account, states);
        all.push_back(toJsonRow(account));
        all.back()["state"] = state;
        rows.push_back(
            {account.name, account.provider, account.isSandbox() ? "this computer" : account.signIn,
             account.scope.empty() ? "-" : account.scope, state});
    }
    if (form == OutputForm::Json) {
        printJson({{"accounts", all}, {"secretsIn", secrets.place()}});
    } else {
        printText(table({"NAME", "PROVIDER", "SIGN-IN", "SUBSCRIPTION OR PROJECT", "STATE (UTC)"}, rows));
    }
    return 0;
}

Result<int> login(
    catalog::Catalog& catalog, app::AccountBook& book, SecretStore& secrets, const CloudRequest& request)
{
    Account account = request.account;
    if (account.signIn == "service-account" || account.signIn == "default") {
        account.provider = "google"; // which alone knows these
    }
    if (const auto missing = app::missingOf(account, true)) {
        return Error{ErrorKind::Usage, missing->message, "See trainyard cloud login --help."};
    }
    Secret secret;
    if (account.hasGivenSecret()) {
        secret = readSecret(
            account.signIn == "service-account" ? "JSON key file of the service account"
            : account.signIn == "secret"        ? "Client secret"
                                                : "PEM of key and certificate");
        if (secret.isEmpty()) {
            return Error{ErrorKind::Usage, "no secret came on standard input", {}};
        }
    }
    TY_TRY(const auto signedIn, app::signIn(catalog.paths(), account, secret, terminalHooks(request.isVerbose), {}));
    // A key file tells its own project, which holds unless another one was named.
    TY_TRY(account.scope, app::chooseScope(account, signedIn.scopes, signedIn.account.scope));
    TY_CHECK(app::keepAccount(book, secrets, signedIn, account.scope));
    if (request.form == OutputForm::Json) {
        printJson(toJsonRow(account));
    } else {
        printText(fmt::format(
            "{} is signed in, with {} {}.\n", account.name, app::scopeWord(account), account.scope));
    }
    if (!secrets.isLasting() && account.hasSecret()) {
        std::cerr << "note: no keychain runs here, so the secret is forgotten when this program ends. Set "
                     "TRAINYARD_PASSPHRASE to keep it in an encrypted file.\n";
    }
    return 0;
}

/// Another subscription or project, which the account must see.
Result<int> use(
    catalog::Catalog& catalog, app::AccountBook& book, SecretStore& secrets, Account account, const CloudRequest& request)
{
    TY_TRY(const auto scopes, app::scopesOf(catalog.paths(), account, secrets, {}));
    TY_TRY(account.scope, app::chooseScope(account, scopes, request.account.scope));
    TY_CHECK(book.put(account));
    if (request.form == OutputForm::Json) {
        printJson(toJsonRow(account));
    } else {
        printText(fmt::format(
            "{} uses {} {} from now on. Machines elsewhere stay and are billed.\n", account.name, app::scopeWord(account),
            account.scope));
    }
    return 0;
}

/// Whether the cloud takes the sign-in that is kept; what came of it is noted.
Result<int> test(
    catalog::Catalog& catalog, app::AccountBook& book, SecretStore& secrets, const Account& account, OutputForm form)
{
    const auto scopes = app::testAccount(catalog.paths(), account, secrets, {});
    TY_CHECK(app::noteSignIn(book, account.name, scopes ? std::nullopt : std::optional(scopes.error())));
    TY_CHECK(scopes);
    Json all = Json::array();
    std::string text = account.name + " is connected and may use:\n";
    for (const app::AccountScope& scope : *scopes) {
        all.push_back({{"id", scope.id}, {"name", scope.name}});
        text += "  " + scope.id + "  " + scope.name + (scope.id == account.scope ? "  (chosen)" : "") + "\n";
    }
    if (form == OutputForm::Json) {
        printJson({{"name", account.name}, {"state", "connected"}, {"scopes", all}});
    } else {
        printText(text);
    }
    return 0;
}

} // namespace

Result<int> cloudCommand(catalog::Catalog& catalog, const CloudRequest& request)
{
    app::AccountBook book(catalog);
    const bool isLogin = request.action == "login";
    const auto known = isLogin ? request.account : book.find(request.account.name).valueOr(Account());
    const bool isAboutAccount = request.action != "accounts" && request.action != "disks" && request.action != "budget";
    TY_TRY(
        const auto secrets,
        openPersonsSecrets(catalog.paths(), isAboutAccount && known.hasSecret(), isLogin ? NewFile::May : NewFile::No));
    if (request.action == "accounts") {
        return listAccounts(book, *secrets, request.form);
    }
    if (isLogin) {
        return login(catalog, book, *secrets, request);
    }
    if (request.action == "disks") {
        return cloudDisks(request); // known without asking
    }
    if (request.action == "budget") {
        return budgetCommand(catalog, request);
    }
    TY_TRY(const Account account, book.find(request.account.name));
    if (request.action == "logout") {
        TY_CHECK(app::forgetAccount(book, *secrets, account));
        printText(request.form == OutputForm::Json ? "{}\n" : account.name + " is forgotten; its machines stay.\n");
        return 0;
    }
    if (request.action == "use") {
        return use(catalog, book, *secrets, account, request);
    }
    if (request.action == "test") {
        return test(catalog, book, *secrets, account, request.form);
    }
    if (request.action == "rename") {
        TY_CHECK(app::renameAccount(catalog, *secrets, account.name, request.newName));
        printText(request.form == OutputForm::Json ? "{}\n" : account.name + " is called " + request.newName + " now.\n");
        return 0;
    }
    TY_TRY(const auto session, CloudSession::open(catalog.paths(), account, *secrets, terminalHooks(request.isVerbose)));
    if (request.action == "prices") {
        return cloudPrices(*session, request);
    }
    return request.action == "images" ? cloudImages(*session, request) : cloudQuestion(*session, request);
}

} // namespace ty::cli
