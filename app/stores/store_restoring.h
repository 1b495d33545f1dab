#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "cloud/storage/store.h"

namespace ty::app {

/// Whether restoreBelow() would find something to bring back. False of a store that keeps nothing that was deleted.
/// Errors: those of the store.
Result<bool> isKeptBelow(cloud::Store& store, const std::string& path, std::stop_token stop);

/// Brings back a file that was softly deleted, or all such files below a folder. Result: how many came back.
/// Errors: Unsupported (the store keeps nothing that was deleted); NotFound (there is nothing to bring back); those of the store.
Result<std::int64_t> restoreBelow(cloud::Store& store, const std::string& path, std::stop_token stop);

} // namespace ty::app
