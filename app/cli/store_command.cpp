#include "app/cli/store_command.h"

#include <chrono>
#include <ctime>
#include <iostream>

#include <fmt/format.h>

#include "app/cli/copy_command.h"
#include "app/cli/secret_input.h"
#include "app/cli/store_grants.h"
#include "app/provisioning/secrets_choice.h"
#include "app/stores/store_removal.h"
#include "app/stores/store_restoring.h"
#include "engine/base/interruption.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::StoreBook;
using catalog::DatastoreRecord;

Json toJson(const StoreEntry& entry)
{
    Json json{{"path", entry.path}, {"kind", entry.isFolder ? "folder" : "file"}};
    json["bytes"] = entry.bytes ? Json(*entry.bytes) : Json(nullptr);
    json["modified"] = entry.modified;
    json["etag"] = entry.etag;
    json["md5"] = entry.md5;
    json["contentType"] = entry.contentType;
    json["tier"] = entry.tier;
    json["deleted"] = entry.isDeleted;
    return json;
}

Result<int> listStores(StoreBook& stores, const SecretStore& secrets, OutputForm form)
{
    TY_TRY(const auto known, stores.all());
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const DatastoreRecord& store : known) {
        const std::string auth = store.details.value("auth", "");
        all.push_back({{"name", store.name}, {"kind", store.kind}, {"address", store.uri}, {"auth", auth}, {"created", store.created}});
        rows.push_back({store.name, store.kind, store.uri, auth.empty() ? "-" : auth});
    }
    if (form == OutputForm::Json) {
        printJson({{"stores", all}, {"secretsIn", secrets.place()}});
    } else if (rows.empty()) {
        printText("No stores yet. Try: trainyard stores add NAME az://ACCOUNT/CONTAINER\n");
    } else {
        printText(table({"NAME", "KIND", "ADDRESS", "BY"}, rows));
    }
    return 0;
}

/// "-" or nothing: what is on standard input tells all; else the address, and the secret comes from there when it needs one.
Result<StoreAddress> askFor(const std::string& text, const std::string& account)
{
    if (text.empty() || text == "-") {
        const Secret pasted = readSecret("Connection string, signed address or path");
        return parseStoreAddress(pasted.reveal());
    }
    TY_TRY(StoreAddress address, parseStoreAddress(text));
    const bool isAzure = address.kind == StoreKind::Blob || address.kind == StoreKind::Files;
    if (!account.empty() || address.kind == StoreKind::Google) {
        if (!isAzure && address.kind != StoreKind::Google) {
            return Error{ErrorKind::Usage, "an account of a cloud opens no " + std::string(storeKindName(address.kind)) + " store", "Leave out --account."};
        }
        address.auth = "account";
        address.signInAccount = account;
        return address;
    }
    if (!isAzure || !address.secret.isEmpty()) {
        return address;
    }
    const Secret pasted = readSecret("Account key, connection string or shared access signature (nothing: anonymous)");
    TY_CHECK(giveSecret(address, pasted));
    return address;
}

Result<int> add(StoreBook& stores, const SecretStore& secrets, const StoreRequest& request)
{
    TY_TRY(StoreAddress address, askFor(request.names.size() > 1 ? request.names[1] : std::string(), request.account));
    address.identityFile = request.identityFile;
    if (!request.hostKey.empty()) {
        address.hostKeys.push_back(request.hostKey);
    }
    TY_TRY(const DatastoreRecord record, stores.put(request.names[0], address));
    if (request.form == OutputForm::Json) {
        printJson({{"name", record.name}, {"kind", record.kind}, {"address", record.uri}});
    } else {
        printText(fmt::format("{} is {}. Look into it: trainyard data ls {}:\n", record.name, record.uri, record.name));
    }
    if (!secrets.isLasting() && !address.secret.isEmpty()) {
        std::cerr << "note: no keychain runs here, so the secret is forgotten when this program ends. Set "
                     "TRAINYARD_PASSPHRASE to keep it in an encrypted file.\n";
    }
    return 0;
}

std::string asAddress(const std::string& name)
{
    return StoreBook::isStoreName(name) ? name + ":" : name;
}

Result<int> test(StoreBook& stores, const StoreRequest& request, std::stop_token stop)
{
    for (const std::string& name : request.names) {
        TY_TRY(const app::TransferEnd end, stores.open(asAddress(name)));
        ListRequest first;
        first.folder = end.path;
        first.pageSize = 1;
        const auto began = std::chrono::steady_clock::now();
        TY_CHECK(end.store->list(first, stop));
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
        if (request.form == OutputForm::Json) {
            printJson({{"name", name}, {"ok", true}, {"milliseconds", took.count()}});
        } else {
            printText(fmt::format("{}: {} answers, in {} ms\n", name, end.store->title(), took.count()));
        }
    }
    return 0;
}

Result<int> share(StoreBook& stores, const StoreRequest& request, std::stop_token stop)
{
    for (const std::string& name : request.names) {
        TY_TRY(const app::TransferEnd end, stores.open(asAddress(name)));
        const std::time_t until =
            std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + std::chrono::hours(request.hours));
        std::tm parts{};
        ::gmtime_r(&until, &parts);
        char text[32] = "";
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        TY_TRY(const Secret address, end.store->shareAddress(end.path, request.permissions, text, stop));
        if (request.form == OutputForm::Json) {
            printJson({{"address", address.reveal()}, {"expires", text}});
        } else {
            printText(address.reveal() + "\n");
        }
    }
    return 0;
}

Result<int> listFiles(StoreBook& stores, const StoreRequest& request, std::stop_token stop)
{
    Json all = Json::array();
    for (const std::string& name : request.names) {
        TY_TRY(const app::TransferEnd end, stores.open(asAddress(name)));
        ListRequest asked;
        asked.folder = end.path;
        asked.isRecursive = request.isRecursive;
        asked.withDeleted = request.withDeleted;
        std::int64_t count = 0;
        for (bool isMore = true; isMore;) {
            auto page = end.store->list(asked, stop);
            if (!page || (page->entries.empty() && page->next.empty() && count == 0)) { // a file, or nothing
                auto entry = end.store->properties(end.path, stop);
                if (!entry) {
                    return page ? std::move(entry).error() : std::move(page).error();
                }
                if (!entry->isFolder) {
                    page = ListPage{{*entry}, {}};
                } else if (!page) {
                    return std::move(page).error();
                }
            }
            std::vector<std::vector<std::string>> rows;
            for (const StoreEntry& entry : page->entries) {
                if (request.limit > 0 && ++count > request.limit) {
                    break;
                }
                if (request.form == OutputForm::Json) {
                    all.push_back(toJson(entry));
                } else {
                    rows.push_back(
                        {entry.bytes ? fmt::format("{:>11}", shownBytes(static_cast<std::int64_t>(*entry.bytes))) : fmt::format("{:>11}", "-"),
                         entry.modified.empty() ? std::string(20, ' ') : entry.modified, entry.path + (entry.isFolder ? "/" : entry.isDeleted ? "  (deleted)" : "")});
                }
            }
            if (request.form == OutputForm::Text) {
                std::string text;
                for (const auto& row : rows) {
                    text += row[0] + "  " + row[1] + "  " + row[2] + "\n";
                }
                printText(text);
            }
            asked.marker = page->next;
            isMore = !page->next.empty() && (request.limit == 0 || count < request.limit);
        }
    }
    if (request.form == OutputForm::Json) {
        printJson({{"entries", all}});
    }
    return 0;
}

Result<int> removeFiles(StoreBook& stores, const StoreRequest& request, std::stop_token stop)
{
    std::int64_t removed = 0;
    for (const std::string& name : request.names) {
        TY_TRY(const app::TransferEnd end, stores.open(name));
        TY_TRY(const StoreEntry entry, end.store->properties(end.path, stop));
        if (entry.isFolder && !request.isRecursive) {
            return Error{ErrorKind::Usage, name + " is a folder", "Delete it and everything below with --recursive."};
        }
        TY_TRY(const std::int64_t gone, app::removeBelow(*end.store, end.path, stop));
        removed += gone;
    }
    if (request.form == OutputForm::Json) {
        printJson({{"removed", removed}});
    } else {
        printText(fmt::format("{} files and folders deleted\n", removed));
    }
    return 0;
}

Result<int> restoreFiles(StoreBook& stores, const StoreRequest& request, std::stop_token stop)
{
    std::int64_t restored = 0;
    for (const std::string& name : request.names) {
        TY_TRY(const app::TransferEnd end, stores.open(asAddress(name)));
        TY_TRY(const std::int64_t back, app::restoreBelow(*end.store, end.path, stop));
        restored += back;
    }
    if (request.form == OutputForm::Json) {
        printJson({{"restored", restored}});
    } else {
        printText(fmt::format("{} file{} came back\n", restored, restored == 1 ? "" : "s"));
    }
    return 0;
}

} // namespace

Result<int> storeCommand(catalog::Catalog& catalog, const StoreRequest& request)
{
    TY_TRY(const auto secrets, app::openSecrets(catalog.paths()));
    TY_TRY(const auto stores, StoreBook::open(catalog.paths(), *secrets, signInsOf(catalog.paths(), *secrets)));
    const std::string& action = request.action;
    if (action == "list") {
        return listStores(*stores, *secrets, request.form);
    }
    if (action == "add") {
        return add(*stores, *secrets, request);
    }
    if (action == "remove") {
        for (const std::string& name : request.names) {
            TY_CHECK(stores->remove(name));
        }
        if (request.form == OutputForm::Json) {
            printJson({{"removed", request.names}});
        }
        return 0;
    }
    if (action == "mkdir") {
        for (const std::string& name : request.names) {
            TY_TRY(const app::TransferEnd end, stores->open(name));
            TY_CHECK(end.store->makeFolder(end.path, {}));
        }
        if (request.form == OutputForm::Json) {
            printJson({{"made", request.names}});
        }
        return 0;
    }
    if (action == "test" || action == "share" || action == "ls" || action == "rm" || action == "undelete") {
        const Interruption interruption;
        const std::stop_token stop = interruption.token();
        return action == "test" ? test(*stores, request, stop)
            : action == "share" ? share(*stores, request, stop)
            : action == "ls"    ? listFiles(*stores, request, stop)
            : action == "rm"    ? removeFiles(*stores, request, stop)
                                : restoreFiles(*stores, request, stop);
    }
    return copyCommand(catalog.paths(), *stores, request);
}

} // namespace ty::cli
