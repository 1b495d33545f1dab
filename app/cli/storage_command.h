#pragma once

#include <string>

#include "app/cli/account_session.h"
#include "cloud/provision/azure_storage.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What `trainyard storage ...` was asked to do.
struct StorageRequest : AccountOptions {
    std::string action; ///< "list", "create", "keys", "open", "delete"
    std::string name;
    cloud::StorageRequest wanted; ///< of "create"
    std::string store;            ///< of "create" and "open": the name here; empty: that of the account
    bool isBlob = false;          ///< of "open"
    std::string renewed;          ///< of "keys": "key1" or "key2", to be made anew
    bool isShown = false;         ///< of "keys": the secrets themselves
    std::string typedName;        ///< of "delete": the name once more, as --confirm says it
    bool isAgreed = false;        ///< --yes
};

/// Adds `storage` and its verbs; `command` becomes "storage" when one of them was typed.
void addStorage(CLI::App& app, StorageRequest& request, std::string& command);

/// Storage accounts of a cloud account, by the same journal as its machines. Result: the exit code.
Result<int> storageCommand(catalog::Catalog& catalog, const StorageRequest& request);

} // namespace ty::cli
