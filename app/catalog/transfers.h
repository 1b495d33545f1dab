#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "engine/base/result.h"

namespace ty::catalog {

class Database;

/// Files copied from one place to another by one order of the person's: a row of the table `transfers`.
struct TransferRecord {
    std::int64_t id = 0;
    std::string source; ///< an address without secrets, "az://research/images"; stores are found by their names
    std::string target;
    std::string state = "waiting"; ///< "waiting", "running", "paused", "done", "failed" (some files did), "cancelled"
    std::string overwrite;         ///< "no", "yes", "changed"
    bool isListed = false;         ///< all files of the source are known
    std::int64_t files = 0;
    std::int64_t filesDone = 0;
    std::int64_t filesFailed = 0;
    std::int64_t filesSkipped = 0; ///< there already, the same
    std::int64_t bytes = 0;
    std::int64_t bytesDone = 0;
    double seconds = 0; ///< of running, pauses left out
    std::string error;
    std::string started;
    std::string ended;
};

/// One file of a transfer.
struct TransferItem {
    std::int64_t id = 0;
    std::string source; ///< path inside the source's store
    std::string target; ///< path inside the target's store
    std::int64_t bytes = 0;
    std::string etag;  ///< of the source when it was listed
    std::string md5;   ///< of the source, where its store knows it
    std::string state = "waiting"; ///< "waiting", "open" (begun), "done", "skipped", "failed"
    std::int64_t blockBytes = 0;   ///< of an open one, and the next two
    std::string token;
    std::vector<bool> blocks; ///< which have arrived
    std::string checked; ///< how a done one was verified: "md5", "crc64", "blocks", "size"
    std::string error;
};

/// The tables `transfers` and `transfer_items`, on a connection of their own. One thread at a time.
class Transfers {
public:
    static Result<std::unique_ptr<Transfers>> open(const Paths& paths);
    ~Transfers();
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    Result<std::int64_t> add(const TransferRecord& transfer);
    Result<TransferRecord> transfer(std::int64_t id);
    /// The newest `limit`, newest first.
    Result<std::vector<TransferRecord>> newest(int limit);
    /// Waiting, running or paused, oldest first.
    Result<std::vector<TransferRecord>> openOnes();
    Result<void> setState(std::int64_t id, const std::string& state, const std::string& error);
    Result<std::string> stateOf(std::int64_t id);
    /// Counts files and bytes anew from the items and adds to the running time.
    Result<TransferRecord> summarise(std::int64_t id, double moreSeconds);
    /// The transfer and its items; what was copied stays.
    Result<void> remove(std::int64_t id);

    /// All in one transaction; those whose target is known already are left out.
    Result<void> addItems(std::int64_t transfer, const std::vector<TransferItem>& items);
    Result<void> setListed(std::int64_t transfer);
    /// Up to `limit` that are waiting or open, in the order they were found, with an id above `after`.
    Result<std::vector<TransferItem>> unfinishedItems(std::int64_t transfer, std::int64_t after, int limit);
    Result<std::vector<TransferItem>> failedItems(std::int64_t transfer, int limit);
    Result<void> beginItem(const TransferItem& item);
    Result<void> noteBlocks(std::int64_t item, const std::vector<bool>& blocks);
    Result<void> endItem(std::int64_t item, const std::string& state, const std::string& checked, const std::string& error);
    /// Failed ones become waiting. Result: how many.
    Result<std::int64_t> retryFailed(std::int64_t transfer);

private:
    explicit Transfers(std::unique_ptr<Database> database);

    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
