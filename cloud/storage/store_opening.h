#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cloud/storage/store.h"
#include "cloud/storage/store_address.h"

namespace ty::cloud {

/// A store, and the file or folder in it that an address names.
struct OpenedStore {
    std::shared_ptr<Store> store;
    std::string path;
};

using StoreLog = std::function<void(const std::string& line)>; ///< called on any thread

/// The store behind a complete address. Nothing is sent yet. Errors: InvalidInput, and those of a sign-in.
Result<OpenedStore> openStore(const StoreAddress& address, const StoreLog& log = {});

} // namespace ty::cloud
