#pragma once

#include "app/cli/store_command.h"
#include "app/stores/store_book.h"

namespace ty::cli {

/// data cp|sync and transfers ...: Result: the exit code.
Result<int> copyCommand(const catalog::Paths& paths, app::StoreBook& stores, const StoreRequest& request);

} // namespace ty::cli
