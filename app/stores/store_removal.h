#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "cloud/storage/store.h"

namespace ty::app {

/// Deletes a file, or a folder with all that lies below it, from the bottom up; a share goes as a whole. What of a folder is
/// only a beginning of names goes with its files. Result: how many files and folders were deleted.
/// Errors: those of the store; what was deleted by then is gone.
Result<std::int64_t> removeBelow(cloud::Store& store, const std::string& path, std::stop_token stop);

} // namespace ty::app
