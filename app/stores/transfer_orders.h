#pragma once

#include <string>

#include "app/catalog/paths.h"
#include "app/catalog/transfers.h"
#include "app/stores/store_book.h"
#include "app/stores/transfer_run.h"

namespace ty::app {

/// What the person wants to be copied.
struct TransferOrder {
    std::string source; ///< as StoreBook::open() takes it
    std::string target;
    std::string overwrite = "no"; ///< "no", "yes", "changed"
    bool isContents = false;      ///< what lies in the source lands in the target itself, not in a folder of its name
};

/// Writes an order into the catalog. As with cp, a target that is a folder, or ends in a slash, gets the source under its own
/// name; any other target is the new name. Looks at both places. Errors: those of the stores; InvalidInput when a folder is
/// to be copied into itself.
Result<std::int64_t> addTransfer(
    StoreBook& stores, catalog::Transfers& transfers, const TransferOrder& order, std::stop_token stop);

/// Runs it, or goes on. Blocks. Errors: as TransferRun::run() and StoreBook::open().
Result<catalog::TransferRecord> runTransfer(
    const catalog::Paths& paths, StoreBook& stores, catalog::Transfers& transfers, std::int64_t id,
    const TransferOptions& options, std::stop_token stop);

/// Ends it for good, wherever it runs, and frees what its unfinished files hold. What was copied stays.
Result<void> cancelTransfer(
    const catalog::Paths& paths, StoreBook& stores, catalog::Transfers& transfers, std::int64_t id, std::stop_token stop);

} // namespace ty::app
