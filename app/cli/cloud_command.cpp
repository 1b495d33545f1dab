#include "app/cli/cloud_command.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "app/cli/account_session.h"
#include "app/cli/cloud_lists.h"
#include "app/cli/cloud_questions.h"
#include "app/cli/budget_command.h"
#include "app/cli/secret_input.h"
#include "app/provisioning/cloud_session.h"
#include "app/provisioning/secrets_choice.h"
#include "cloud/azure/requests.h"
#include "cloud/gcp/compute_requests.h"

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

Result<int> listAccounts(app::AccountBook& book, const SecretStore& secrets, OutputForm form)
{
    TY_TRY(const auto accounts, book.all());
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const Account& account : accounts) {
        all.push_back(toJsonRow(account));
        rows.push_back(
            {account.name, account.provider, account.isSandbox() ? "this computer" : account.signIn,
             account.scope.empty() ? "-" : account.scope});
    }
    if (form == OutputForm::Json) {
        printJson({{"accounts", all}, {"secretsIn", secrets.place()}});
    } else {
        printText(table({"NAME", "PROVIDER", "SIGN-IN", "SUBSCRIPTION OR PROJECT"}, rows));
    }
    return 0;
}

/// The subscription that the account names, or the only one that it sees.
Result<std::string> chooseSubscription(CloudSession& session, const std::string& asked)
{
    TY_TRY(
        const auto subscriptions,
        session.connection().client().list<azure::Subscription>(azure::listSubscriptions(), {}));
    std::string names;
    for (const auto& subscription : subscriptions) {
        if (subscription.subscriptionId == asked || azure::isSame(subscription.displayName, asked)) {
            return subscription.subscriptionId;
        }
        names += "\n  " + subscription.subscriptionId + "  " + subscription.displayName;
    }
    if (asked.empty() && subscriptions.size() == 1) {
        return subscriptions.front().subscriptionId;
    }
    return Error{
        ErrorKind::NotFound,
        asked.empty() ? "this account sees " + std::to_string(subscriptions.size()) + " subscriptions:" + names
                      : "this account does not see the subscription \"" + asked + "\"; it sees:" + names,
        "Choose one with --subscription."};
}

/// That the account may read its project.
Result<std::string> checkProject(CloudSession& session)
{
    const std::string& project = session.account().scope;
    TY_CHECK(session.google()->client().get<gcp::Project>(gcp::getProject(project), {}));
    return project;
}

Result<int> login(
    catalog::Catalog& catalog, app::AccountBook& book, SecretStore& secrets, const CloudRequest& request)
{
    Account account = request.account;
    const bool isKeyFile = account.signIn == "service-account";
    if (isKeyFile || account.signIn == "default") {
        account.provider = "google"; // which alone knows these
    }
    const bool isGoogle = account.provider == "google";
    if (isGoogle && account.scope.empty() && !isKeyFile) {
        return Error{ErrorKind::Usage, "Google wants to know the project", "Add --project."};
    }
    const bool isPrincipal = account.signIn == "secret" || account.signIn == "certificate";
    const bool hasSecret = isPrincipal || isKeyFile;
    if (isPrincipal && (account.tenant.empty() || account.clientId.empty())) {
        return Error{ErrorKind::Usage, "a service principal needs --tenant and --client-id", {}};
    }
    if (hasSecret) {
        const Secret secret = readSecret(
            isKeyFile                     ? "JSON key file of the service account"
            : account.signIn == "secret" ? "Client secret"
                                          : "PEM of key and certificate");
        if (secret.isEmpty()) {
            return Error{ErrorKind::Usage, "no secret came on standard input", {}};
        }
        if (isKeyFile) {
            TY_TRY(const auto key, GoogleServiceAccount::parse(secret.reveal()));
            account.scope = account.scope.empty() ? key.projectId : account.scope;
        }
        TY_CHECK(secrets.put(account.secretName(), secret, "Trainyard: " + account.name));
    }
    const auto session = CloudSession::open(catalog.paths(), account, secrets, terminalHooks(request.isVerbose));
    auto subscription = !session ? Result<std::string>(session.error())
        : isGoogle               ? checkProject(**session)
                                 : chooseSubscription(**session, account.scope);
    if (!subscription) {
        if (hasSecret) {
            (void)secrets.remove(account.secretName()); // of an account that is not kept
        }
        return std::move(subscription).error();
    }
    account.scope = *subscription;
    TY_CHECK(book.put(account));
    if (request.form == OutputForm::Json) {
        printJson(toJsonRow(account));
    } else {
        printText(fmt::format("{} is signed in, with {} {}.\n", account.name, isGoogle ? "project" : "subscription", account.scope));
    }
    if (!secrets.isLasting() && (hasSecret || account.signIn == "device-code")) {
        std::cerr << "note: no keychain runs here, so the secret is forgotten when this program ends. Set "
                     "TRAINYARD_PASSPHRASE to keep it in an encrypted file.\n";
    }
    return 0;
}

} // namespace

Result<int> cloudCommand(catalog::Catalog& catalog, const CloudRequest& request)
{
    TY_TRY(const auto secrets, app::openSecrets(catalog.paths()));
    app::AccountBook book(catalog);
    if (request.action == "accounts") {
        return listAccounts(book, *secrets, request.form);
    }
    if (request.action == "login") {
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
        if (account.isSandbox()) {
            return Error{ErrorKind::InvalidInput, "the sandbox is always there", {}};
        }
        TY_CHECK(secrets->remove(account.secretName()));
        TY_CHECK(book.remove(account.name));
        printText(request.form == OutputForm::Json ? "{}\n" : account.name + " is forgotten; its machines stay.\n");
        return 0;
    }
    TY_TRY(const auto session, CloudSession::open(catalog.paths(), account, *secrets, terminalHooks(request.isVerbose)));
    if (request.action == "prices") {
        return cloudPrices(*session, request);
    }
    return request.action == "images" ? cloudImages(*session, request) : cloudQuestion(*session, request);
}

} // namespace ty::cli
