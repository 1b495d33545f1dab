#include "app/cli/cloud_command.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "app/cli/budget_command.h"
#include "app/cli/secret_input.h"
#include "app/provisioning/cloud_session.h"
#include "app/provisioning/secrets_choice.h"
#include "cloud/azure/requests.h"
#include "cloud/azure/sku.h"
#include "cloud/azure/usage.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::Account;
using app::CloudSession;

app::ConnectionHooks hooksForTerminal()
{
    app::ConnectionHooks hooks;
    hooks.showCode = [](const DeviceCodePrompt& prompt) { std::cerr << prompt.message << std::endl; };
    return hooks;
}

Json toJsonRow(const Account& account)
{
    return {{"name", account.name},       {"provider", account.provider}, {"signIn", account.signIn},
            {"tenant", account.tenant},   {"clientId", account.clientId}, {"subscription", account.scope}};
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
        printText(table({"NAME", "PROVIDER", "SIGN-IN", "SUBSCRIPTION"}, rows));
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

Result<int> login(
    catalog::Catalog& catalog, app::AccountBook& book, SecretStore& secrets, const CloudRequest& request)
{
    Account account = request.account;
    account.provider = "azure";
    const bool hasSecret = account.signIn == "secret" || account.signIn == "certificate";
    if (hasSecret && (account.tenant.empty() || account.clientId.empty())) {
        return Error{ErrorKind::Usage, "a service principal needs --tenant and --client-id", {}};
    }
    if (hasSecret) {
        const Secret secret = readSecret(account.signIn == "secret" ? "Client secret" : "PEM of key and certificate");
        if (secret.isEmpty()) {
            return Error{ErrorKind::Usage, "no secret came on standard input", {}};
        }
        TY_CHECK(secrets.put(account.secretName(), secret, "Trainyard: " + account.name));
    }
    const auto session = CloudSession::open(catalog.paths(), account, secrets, hooksForTerminal());
    auto subscription = session ? chooseSubscription(**session, account.scope) : Result<std::string>(session.error());
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
        printText(fmt::format("{} is signed in, with subscription {}.\n", account.name, account.scope));
    }
    if (!secrets.isLasting() && (hasSecret || account.signIn == "device-code")) {
        std::cerr << "note: no keychain runs here, so the secret is forgotten when this program ends. Set "
                     "TRAINYARD_PASSPHRASE to keep it in an encrypted file.\n";
    }
    return 0;
}

Result<int> regions(CloudSession& session, OutputForm form)
{
    TY_TRY(
        const auto locations,
        session.connection().client().list<azure::Location>(azure::listLocations(session.account().scope), {}));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& location : locations) {
        all.push_back({{"name", location.name}, {"displayName", location.displayName}});
        rows.push_back({location.name, location.displayName});
    }
    if (form == OutputForm::Json) {
        printJson({{"regions", all}});
    } else {
        printText(table({"NAME", "REGION"}, rows));
    }
    return 0;
}

std::string shownNumber(const std::optional<double>& value)
{
    return value ? fmt::format("{:g}", *value) : std::string("-");
}

Result<int> sizes(CloudSession& session, const CloudRequest& request)
{
    auto& client = session.connection().client();
    const std::string& scope = session.account().scope;
    TY_TRY(const auto skus, client.list<azure::ResourceSku>(azure::listSkus(scope, request.region), {}));
    TY_TRY(const auto usages, client.list<azure::Usage>(azure::listComputeUsages(scope, request.region), {}));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& sku : skus) {
        if (sku.resourceType != "virtualMachines") {
            continue;
        }
        const azure::VmSize size = azure::vmSizeOf(sku);
        if (request.hasGpu && size.gpus <= 0) {
            continue;
        }
        const azure::SizeOffer offer = azure::offerOf(sku, request.region);
        const auto left = azure::coresLeft(usages, size.family, false);
        const bool isEnough = left && size.quotaVCpus && static_cast<double>(*left) >= *size.quotaVCpus;
        const std::string reason = !offer.isOffered ? offer.reason
            : left && !isEnough                     ? fmt::format("quota: {} cores left", *left)
                                                    : std::string();
        all.push_back(
            {{"name", size.name},
             {"vCpus", size.vCpus ? Json(*size.vCpus) : Json(nullptr)},
             {"memoryGiB", size.memoryGiB ? Json(*size.memoryGiB) : Json(nullptr)},
             {"gpu", size.gpu},
             {"gpus", size.gpus},
             {"zones", offer.zones},
             {"coresLeft", left ? Json(*left) : Json(nullptr)},
             {"reason", reason}});
        rows.push_back(
            {size.name, shownNumber(size.vCpus), shownNumber(size.memoryGiB),
             size.gpu.empty() ? "-" : fmt::format("{:g} x ", size.gpus) + size.gpu,
             left ? std::to_string(*left) : std::string("unknown"), reason.empty() ? "yes" : reason});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"region", request.region}, {"sizes", all}});
    } else {
        printText(table({"SIZE", "VCPU", "RAM GIB", "GPU", "QUOTA LEFT", "AVAILABLE"}, rows));
    }
    return 0;
}

Result<int> quota(CloudSession& session, const CloudRequest& request)
{
    TY_TRY(
        const auto usages,
        session.connection().client().list<azure::Usage>(
            azure::listComputeUsages(session.account().scope, request.region), {}));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& usage : usages) {
        all.push_back(
            {{"name", usage.name},
             {"used", usage.current ? Json(*usage.current) : Json(nullptr)},
             {"limit", usage.limit ? Json(*usage.limit) : Json(nullptr)}});
        rows.push_back(
            {usage.name, usage.current ? std::to_string(*usage.current) : "-",
             usage.limit ? std::to_string(*usage.limit) : "-"});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"region", request.region}, {"quota", all}});
    } else {
        printText(table({"QUOTA", "USED", "LIMIT"}, rows));
    }
    return 0;
}

} // namespace

Result<int> cloudCommand(catalog::Catalog& catalog, const CloudRequest& request)
{
    const char* passphrase = std::getenv("TRAINYARD_PASSPHRASE");
    TY_TRY(const auto secrets, app::openSecrets(catalog.paths(), Secret(passphrase == nullptr ? "" : passphrase)));
    app::AccountBook book(catalog);
    if (request.action == "accounts") {
        return listAccounts(book, *secrets, request.form);
    }
    if (request.action == "login") {
        return login(catalog, book, *secrets, request);
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
    TY_TRY(const auto session, CloudSession::open(catalog.paths(), account, *secrets, hooksForTerminal()));
    if (request.action == "regions") {
        return regions(*session, request.form);
    }
    return request.action == "sizes" ? sizes(*session, request) : quota(*session, request);
}

} // namespace ty::cli
