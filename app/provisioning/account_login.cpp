#include "app/provisioning/account_login.h"

#include <algorithm>
#include <utility>

#include "app/catalog/charges.h"
#include "app/catalog/chases.h"
#include "app/catalog/operations.h"
#include "app/provisioning/cloud_session.h"
#include "app/provisioning/operation_keys.h"
#include "cloud/azure/requests.h"
#include "cloud/azure/resource.h"
#include "cloud/azure/subscription.h"
#include "cloud/gcp/compute_requests.h"
#include "cloud/gcp/resource_manager.h"
#include "cloud/secrets/session_secrets.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

using namespace cloud;

std::string labelOf(const Account& account)
{
    return "Trainyard: " + account.name;
}

/// Projects are told by another service than machines. Who may not ask it, as many service accounts, knows its own project.
Result<std::vector<AccountScope>> readProjects(GoogleConnection& google, std::stop_token stop)
{
    std::vector<AccountScope> scopes;
    const std::string& own = google.account().scope;
    auto found = gcp::searchProjects(google.manager(), google.managerUrl(), stop);
    if (!found && own.empty()) {
        Error error = std::move(found).error();
        if (error.kind == ErrorKind::Permission || error.kind == ErrorKind::InvalidInput) {
            error.advice = "Type the id of the project: this account may not list projects, or the Cloud Resource Manager API is "
                           "not enabled.";
        }
        return error;
    }
    for (gcp::ManagedProject& project : found ? *found : std::vector<gcp::ManagedProject>()) {
        scopes.push_back({std::move(project.projectId), std::move(project.displayName)});
    }
    if (own.empty()) {
        return scopes;
    }
    TY_TRY(const auto project, google.client().get<gcp::Project>(gcp::getProject(own), std::move(stop)));
    const bool isListed
        = std::any_of(scopes.begin(), scopes.end(), [&](const AccountScope& scope) { return scope.id == own; });
    if (!isListed) {
        scopes.insert(scopes.begin(), {own, project.name});
    }
    return scopes;
}

Result<std::vector<AccountScope>> readScopes(CloudSession& session, std::stop_token stop)
{
    if (session.google() != nullptr) {
        return readProjects(*session.google(), std::move(stop));
    }
    std::vector<AccountScope> scopes;
    TY_TRY(
        const auto subscriptions,
        session.connection().client().list<azure::Subscription>(azure::listSubscriptions(), std::move(stop)));
    for (const auto& subscription : subscriptions) {
        scopes.push_back({subscription.subscriptionId, subscription.displayName});
    }
    return scopes;
}

Error stopped()
{
    return Error{ErrorKind::Cancelled, "the sign-in was cancelled", {}};
}

} // namespace

std::optional<MissingField> missingOf(const Account& account, bool hasSecret)
{
    if (account.name.empty()) {
        return MissingField{"name", "An account needs a name."};
    }
    const bool isPrincipal = account.signIn == "secret" || account.signIn == "certificate";
    if (isPrincipal && account.tenant.empty()) {
        return MissingField{"tenant", "A service principal belongs to a tenant: its id or domain."};
    }
    if (isPrincipal && account.clientId.empty()) {
        return MissingField{"clientId", "A service principal has a client id."};
    }
    if (account.hasGivenSecret() && !hasSecret) {
        return MissingField{
            "secret", account.signIn == "secret" ? "The client secret is missing."
                : account.signIn == "certificate" ? "The certificate is missing."
                                                  : "The key file is missing."};
    }
    return {};
}

Result<SignedIn> signIn(
    const catalog::Paths& paths, Account account, const Secret& secret, ConnectionHooks hooks, std::stop_token stop)
{
    if (const auto missing = missingOf(account, !secret.isEmpty())) {
        return Error{ErrorKind::InvalidInput, missing->message, {}};
    }
    if (account.signIn == "service-account") {
        TY_TRY(const auto key, GoogleServiceAccount::parse(secret.reveal()));
        account.scope = account.scope.empty() ? key.projectId : account.scope;
    }
    SessionSecrets trial;
    if (account.hasGivenSecret()) {
        TY_CHECK(trial.put(account.secretName(), secret, {}));
    }
    TY_TRY(const auto session, CloudSession::open(paths, account, trial, std::move(hooks)));
    auto scopes = readScopes(*session, stop);
    if (!scopes) {
        return stop.stop_requested() ? stopped() : std::move(scopes).error();
    }
    TY_TRY(auto kept, trial.find(account.secretName()));
    return SignedIn{std::move(account), kept.value_or(Secret()), std::move(*scopes)};
}

Result<std::vector<AccountScope>> scopesOf(
    const catalog::Paths& paths, Account account, SecretStore& secrets, std::stop_token stop)
{
    if (!account.isSandbox()) {
        account.scope.clear(); // the one that is chosen may be gone
    }
    TY_TRY(const auto session, CloudSession::open(paths, account, secrets, {}));
    auto scopes = readScopes(*session, stop);
    return !scopes && stop.stop_requested() ? Result<std::vector<AccountScope>>(stopped()) : std::move(scopes);
}

Result<std::vector<AccountScope>> testAccount(
    const catalog::Paths& paths, const Account& account, SecretStore& secrets, std::stop_token stop)
{
    TY_TRY(const auto session, CloudSession::open(paths, account, secrets, {}));
    auto scopes = readScopes(*session, stop);
    if (!scopes) {
        return stop.stop_requested() ? stopped() : std::move(scopes).error();
    }
    const std::string& wanted = session->account().scope;
    if (!wanted.empty()) {
        TY_CHECK(chooseScope(account, *scopes, wanted));
    }
    return scopes;
}

const char* scopeWord(const Account& account)
{
    return account.isGoogle() ? "project" : "subscription";
}

Result<std::string> chooseScope(const Account& account, const std::vector<AccountScope>& scopes, const std::string& asked)
{
    std::string names;
    for (const AccountScope& scope : scopes) {
        if (scope.id == asked || (!asked.empty() && azure::isSame(scope.name, asked))) {
            return scope.id;
        }
        names += "\n  " + scope.id + "  " + scope.name;
    }
    if (asked.empty() && scopes.size() == 1) {
        return scopes.front().id;
    }
    const std::string word = scopeWord(account);
    return Error{
        ErrorKind::NotFound,
        asked.empty() ? "this account sees " + std::to_string(scopes.size()) + " " + word + "s:" + names
                      : "this account does not see the " + word + " \"" + asked + "\"; it sees:" + names,
        scopes.empty() ? "Ask its owner to give you a role in one." : "Choose one with --" + word + "."};
}

Result<void> keepAccount(AccountBook& book, SecretStore& secrets, const SignedIn& signedIn, const std::string& scope)
{
    Account account = signedIn.account;
    account.scope = scope;
    const bool isNew = !book.find(account.name);
    if (!signedIn.secret.isEmpty()) {
        TY_CHECK(secrets.put(account.secretName(), signedIn.secret, labelOf(account)));
    }
    if (auto put = book.put(account); !put) {
        if (isNew) {
            (void)secrets.remove(account.secretName()); // of an account that is not kept
        }
        return put;
    }
    return book.setState(account.name, AccountState().afterAnswer(utcNow()));
}

Result<void> noteSignIn(AccountBook& book, const std::string& account, const std::optional<Error>& error)
{
    if (error && error->kind != ErrorKind::NotSignedIn) {
        return {};
    }
    TY_TRY(const auto states, book.states());
    const auto found = states.find(account);
    const AccountState before = found == states.end() ? AccountState() : found->second;
    if (before.isSignedOut.value_or(false) && error) {
        return {}; // which is what signing out is for
    }
    return book.setState(account, error ? before.afterRefusal(utcNow(), error->message) : before.afterAnswer(utcNow()));
}

Result<void> signOut(AccountBook& book, SecretStore& secrets, const Account& account)
{
    if (!account.hasSecret()) {
        return Error{
            ErrorKind::Unsupported, account.name + " has no secret here: another program is signed in for it",
            account.isGoogle() ? "Sign out there: gcloud auth revoke." : "Sign out there: az logout."};
    }
    TY_CHECK(secrets.remove(account.secretName()));
    AccountState state;
    state.isSignedOut = true;
    return book.setState(account.name, state);
}

Result<void> forgetAccount(AccountBook& book, SecretStore& secrets, const Account& account)
{
    if (account.isSandbox()) {
        return Error{ErrorKind::InvalidInput, "the sandbox is always there", {}};
    }
    if (account.hasSecret()) {
        TY_CHECK(secrets.remove(account.secretName()));
    }
    return book.remove(account.name);
}

Result<void> renameAccount(
    catalog::Catalog& catalog, SecretStore& secrets, const std::string& from, const std::string& to)
{
    AccountBook book(catalog);
    TY_TRY(const Account account, book.find(from));
    TY_TRY(const AccountUse use, readAccountUse(catalog.paths(), from));
    if (use.openOperations > 0 || use.hasOpenChase) {
        return Error{
            ErrorKind::Busy, "something is under way in " + from + ", and the journal knows it by that name",
            "Wait until it has ended, or end it with trainyard vm recover --account " + from + "."};
    }
    Account renamed = account;
    renamed.name = to;
    std::optional<Secret> secret;
    if (account.hasSecret()) {
        TY_TRY(secret, secrets.find(account.secretName()));
    }
    const bool isFree = !book.find(to);
    if (secret && isFree) {
        TY_CHECK(secrets.put(renamed.secretName(), *secret, labelOf(renamed)));
    }
    if (auto done = book.rename(from, to); !done) {
        if (secret && isFree) {
            (void)secrets.remove(renamed.secretName()); // of a name that nobody has
        }
        return done;
    }
    return secret ? secrets.remove(account.secretName()) : Result<void>();
}

Result<AccountUse> readAccountUse(const catalog::Paths& paths, const std::string& account)
{
    AccountUse use;
    TY_TRY(const auto operations, catalog::Operations::open(paths));
    TY_TRY(const auto open, operations->openOnes());
    use.openOperations = static_cast<int>(std::count_if(open.begin(), open.end(), [&](const auto& record) {
        return textOf(record.request, kAccountKey) == account;
    }));
    TY_TRY(const auto chases, catalog::Chases::open(paths));
    TY_TRY(const auto chase, chases->newest());
    if (chase && chase->state == "open") {
        const auto& accounts = chase->request.value("accounts", Json::array());
        use.hasOpenChase = std::find(accounts.begin(), accounts.end(), Json(account)) != accounts.end();
    }
    TY_TRY(const auto charges, catalog::Charges::open(paths));
    TY_TRY(const auto current, charges->current());
    for (const catalog::Charge& charge : current) {
        if (charge.account == account) {
            use.machines.push_back(charge.machine);
            use.usdPerHour += charge.perHour;
            use.isPartial = use.isPartial || charge.isPartial;
        }
    }
    return use;
}

} // namespace ty::app
