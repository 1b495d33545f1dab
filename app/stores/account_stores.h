#pragma once

#include <string>
#include <vector>

#include "app/stores/store_book.h"
#include "cloud/azure/storage_account.h"

namespace ty::app {

/// The connection string of an account: name, key and where it answers. A secret.
cloud::Secret connectionString(const cloud::azure::StorageAccount& account, const cloud::Secret& key);

/// Keeps an account's files (or blobs) as a store that its key opens. Errors: Unsupported when the account does not serve them,
/// AlreadyExists when a store of that name is somewhere else, those of StoreBook::put().
Result<catalog::DatastoreRecord> addAccountStore(
    StoreBook& stores, const std::string& name, const cloud::azure::StorageAccount& account, const cloud::Secret& key,
    cloud::StoreKind kind);

/// The account's stores that a key opens are opened by this one from now on. Result: how many there are. An account of the sandbox
/// and one of a cloud may have the same name: the account is the one that answers at these endpoints.
Result<std::size_t> giveNewKey(StoreBook& stores, const cloud::azure::StorageAccount& account, const cloud::Secret& key);
/// The account is gone: its stores are forgotten. Result: how many there were.
Result<std::size_t> forgetAccountStores(StoreBook& stores, const cloud::azure::StorageAccount& account);

} // namespace ty::app
