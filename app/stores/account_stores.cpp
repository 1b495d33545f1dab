#include "app/stores/account_stores.h"

#include <utility>

#include "cloud/storage/store_address.h"

namespace ty::app {

using namespace cloud;

namespace {

std::string withoutSlash(std::string endpoint)
{
    while (endpoint.ends_with('/')) {
        endpoint.pop_back();
    }
    return endpoint;
}

std::string endpointOf(const azure::StorageAccount& account, StoreKind kind)
{
    return withoutSlash(kind == StoreKind::Blob ? account.blobEndpoint : account.fileEndpoint);
}

Result<std::vector<catalog::DatastoreRecord>> recordsOf(StoreBook& stores, const azure::StorageAccount& account)
{
    TY_TRY(const auto all, stores.all());
    std::vector<catalog::DatastoreRecord> found;
    for (const auto& record : all) {
        const auto address = parseStoreAddress(record.uri);
        const bool isAzure = address && (address->kind == StoreKind::Blob || address->kind == StoreKind::Files);
        if (!isAzure || address->account != account.name || record.details.value("auth", "") != "key") {
            continue;
        }
        const std::string told = record.details.value("endpoint", "");
        if ((told.empty() ? address->endpoint : told) == endpointOf(account, address->kind)) {
            found.push_back(record);
        }
    }
    return found;
}

} // namespace

Secret connectionString(const azure::StorageAccount& account, const Secret& key)
{
    std::string text = "AccountName=" + account.name + ";AccountKey=" + key.reveal();
    if (!account.blobEndpoint.empty()) {
        text += ";BlobEndpoint=" + withoutSlash(account.blobEndpoint);
    }
    if (!account.fileEndpoint.empty()) {
        text += ";FileEndpoint=" + withoutSlash(account.fileEndpoint);
    }
    return Secret(std::move(text));
}

Result<catalog::DatastoreRecord> addAccountStore(
    StoreBook& stores, const std::string& name, const azure::StorageAccount& account, const Secret& key, StoreKind kind)
{
    StoreAddress address;
    address.kind = kind;
    address.account = account.name;
    address.endpoint = endpointOf(account, kind);
    address.auth = "key";
    address.secret = key;
    if (address.endpoint.empty()) {
        const std::string what = kind == StoreKind::Blob ? "blobs" : "files";
        return Error{ErrorKind::Unsupported, "the account " + account.name + " serves no " + what, {}};
    }
    TY_TRY(const auto known, stores.all());
    for (const auto& record : known) {
        if (record.name == name && record.uri != address.uri()) {
            return Error{
                ErrorKind::AlreadyExists, "there is a store named " + name + " already: " + record.uri, "Choose another name."};
        }
    }
    return stores.put(name, address);
}

Result<std::size_t> giveNewKey(StoreBook& stores, const azure::StorageAccount& account, const Secret& key)
{
    TY_TRY(const auto records, recordsOf(stores, account));
    for (const auto& record : records) {
        TY_TRY(StoreAddress address, parseStoreAddress(record.uri));
        address.endpoint = record.details.value("endpoint", address.endpoint);
        address.auth = "key";
        address.secret = key;
        TY_CHECK(stores.put(record.name, address));
    }
    return records.size();
}

Result<std::size_t> forgetAccountStores(StoreBook& stores, const azure::StorageAccount& account)
{
    TY_TRY(const auto records, recordsOf(stores, account));
    for (const auto& record : records) {
        TY_CHECK(stores.remove(record.name));
    }
    return records.size();
}

} // namespace ty::app
