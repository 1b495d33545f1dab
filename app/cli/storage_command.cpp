#include "app/cli/storage_command.h"

#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/secret_input.h"
#include "app/cli/store_grants.h"
#include "app/cli/vm_talk.h"
#include "app/provisioning/secrets_choice.h"
#include "app/provisioning/storage_accounts.h"
#include "app/stores/account_stores.h"
#include "cloud/provision/marks.h"

namespace ty::cli {

namespace {

using namespace cloud;
using azure::StorageAccount;
using app::StorageAccounts;
using app::StoreBook;

/// The person's stores beside the account that is worked on.
struct Stores {
    std::unique_ptr<SecretStore> secrets;
    std::unique_ptr<StoreBook> book;
};

Result<Stores> openStores(const catalog::Paths& paths)
{
    Stores stores;
    TY_TRY(stores.secrets, app::openSecrets(paths));
    TY_TRY(stores.book, StoreBook::open(paths, *stores.secrets, signInsOf(paths, *stores.secrets)));
    return stores;
}

Json toJsonRow(const StorageAccount& account)
{
    return {{"name", account.name},           {"id", account.id},
            {"region", account.location},     {"group", azure::groupOfId(account.id)},
            {"kind", account.kind},           {"redundancy", account.redundancy},
            {"created", account.created},     {"state", account.provisioningState},
            {"files", account.fileEndpoint},  {"blobs", account.blobEndpoint},
            {"ours", account.tags.contains(kOperationTag)}};
}

Result<int> list(StorageAccounts& accounts, const app::CloudSession& session, OutputForm form)
{
    TY_TRY(const auto known, accounts.all({}));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const StorageAccount& account : known) {
        all.push_back(toJsonRow(account));
        rows.push_back(
            {account.name, account.location, account.redundancy, azure::groupOfId(account.id), account.created.substr(0, 10),
             account.tags.contains(kOperationTag) ? "yes" : "no"});
    }
    if (form == OutputForm::Json) {
        printJson({{"account", session.account().name}, {"storageAccounts", all}});
    } else {
        printText(
            rows.empty() ? "There are no storage accounts in " + session.account().name + ".\n"
                         : table({"NAME", "REGION", "REDUNDANCY", "GROUP", "MADE", "BY TRAINYARD"}, rows));
    }
    return 0;
}

/// Keeps the account as a store here.
Result<int> keep(StorageAccounts& accounts, const catalog::Paths& paths, const StorageRequest& request)
{
    TY_TRY(const StorageAccount account, accounts.find(request.name, {}));
    TY_TRY(const auto keys, accounts.keys(account, {}));
    if (keys.empty()) {
        return Error{ErrorKind::Permission, "the account " + account.name + " tells no keys", {}};
    }
    TY_TRY(const Stores stores, openStores(paths));
    const std::string name = request.store.empty() ? account.name : request.store;
    TY_TRY(
        const auto record,
        addAccountStore(*stores.book, name, account, keys.front().value, request.isBlob ? StoreKind::Blob : StoreKind::Files));
    if (request.form == OutputForm::Json) {
        printJson({{"name", record.name}, {"kind", record.kind}, {"address", record.uri}});
    } else {
        printText(fmt::format("{} is {}. Look into it: trainyard data ls {}:\n", record.name, record.uri, record.name));
    }
    if (!stores.secrets->isLasting()) {
        std::cerr << "note: no keychain runs here, so the key is forgotten when this program ends. Set TRAINYARD_PASSPHRASE to keep it "
                     "in an encrypted file.\n";
    }
    return 0;
}

Result<int> create(StorageAccounts& accounts, const catalog::Paths& paths, const StorageRequest& request)
{
    cloud::StorageRequest wanted = request.wanted;
    wanted.name = request.name;
    TY_CHECK(checkRequest(wanted));
    if (request.form == OutputForm::Text) {
        printText(storagePriceWords() + "\n");
    }
    TY_CHECK(askAgreement(
        request.isAgreed, request.form,
        fmt::format("Create the storage account {} ({}) in {}?", wanted.name, wanted.redundancy, wanted.region)));
    TY_TRY(const auto report, accounts.create(wanted, {}));
    if (report.outcome != Outcome::Done) {
        return tell(report, request.form);
    }
    return keep(accounts, paths, request);
}

Result<int> showKeys(StorageAccounts& accounts, const catalog::Paths& paths, const StorageRequest& request)
{
    TY_TRY(const StorageAccount account, accounts.find(request.name, {}));
    std::size_t renewed = 0;
    if (!request.renewed.empty()) {
        TY_CHECK(askAgreement(
            request.isAgreed, request.form,
            fmt::format("Make {} of {} anew? Whoever else holds it is locked out.", request.renewed, account.name)));
        TY_TRY(const auto made, accounts.renewKey(account, request.renewed, {}));
        TY_TRY(const Stores stores, openStores(paths));
        for (const NamedKey& key : made) {
            if (key.name == request.renewed) {
                TY_TRY(renewed, giveNewKey(*stores.book, account, key.value));
            }
        }
    }
    TY_TRY(const auto keys, accounts.keys(account, {}));
    Json all = Json::array();
    for (const NamedKey& key : keys) {
        Json row{{"name", key.name}};
        if (request.isShown) {
            row["connectionString"] = app::connectionString(account, key.value).reveal();
        }
        all.push_back(row);
        if (request.form == OutputForm::Text) {
            printText(request.isShown ? row.value("connectionString", "") + "\n" : key.name + "\n");
        }
    }
    if (request.form == OutputForm::Json) {
        printJson({{"account", account.name}, {"keys", all}, {"storesRenewed", renewed}});
    } else if (!request.renewed.empty()) {
        printText(fmt::format("{} is new; {} stores here are opened by it.\n", request.renewed, renewed));
    }
    return 0;
}

/// What cannot be brought back is agreed to by its name.
Result<void> agreeByName(const StorageAccount& account, const StorageRequest& request)
{
    std::string typed = request.typedName;
    if (typed.empty() && ::isatty(STDIN_FILENO) != 0 && request.form == OutputForm::Text) {
        std::cerr << fmt::format("Delete the storage account {} with all shares, containers and files in it? Type its name: ", account.name)
                  << std::flush;
        std::getline(std::cin, typed);
    }
    if (typed == account.name) {
        return {};
    }
    return Error{
        ErrorKind::Usage, "the storage account's name was not typed; nothing was done", "Add --confirm " + account.name + "."};
}

Result<int> remove(StorageAccounts& accounts, app::CloudSession& session, const catalog::Paths& paths, const StorageRequest& request)
{
    TY_TRY(const StorageAccount account, accounts.find(request.name, {}));
    TY_CHECK(agreeByName(account, request));
    TY_TRY(const auto report, app::removeStorage(session.machines(), account, {}));
    if (report.outcome == Outcome::Done) {
        TY_TRY(const Stores stores, openStores(paths));
        TY_CHECK(forgetAccountStores(*stores.book, account));
    }
    return tell(report, request.form);
}

} // namespace

Result<int> storageCommand(catalog::Catalog& catalog, const StorageRequest& request)
{
    TY_TRY(const auto opened, AccountSession::open(catalog, request));
    TY_CHECK(opened->takeUp());
    StorageAccounts accounts(opened->session());
    const catalog::Paths& paths = catalog.paths();
    return request.action == "list" ? list(accounts, opened->session(), request.form)
        : request.action == "create" ? create(accounts, paths, request)
        : request.action == "open"   ? keep(accounts, paths, request)
        : request.action == "keys"   ? showKeys(accounts, paths, request)
                                     : remove(accounts, opened->session(), paths, request);
}

} // namespace ty::cli
