#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::catalog {

class Database;

/// Long work with a provider: a row of the table `operations`, which is the provisioning journal.
struct OperationRecord {
    std::int64_t id = 0;
    std::string kind;   ///< "create", "start", "stop", "delete" ...
    std::string target; ///< the machine's name
    std::string state = "open"; ///< "open", "done", "undone", "failed"
    Json request;       ///< all that is needed to do it again
    std::string direction = "forward"; ///< or "undo"
    int step = 0;
    int steps = 0;
    std::string stage;
    std::string remoteId; ///< the provider's handle of an accepted request
    std::string error;
    std::string finding; ///< JSON of what became known on the way
    std::string started;
    std::string ended;
};

/// The journal of everything that creates, changes or bills, on a connection of its own whose every commit is flushed to
/// the disk: what is noted here survives a power loss before the next request goes out. One thread.
class Operations {
public:
    /// The catalog's file; made if it is not there. Errors: as Catalog::open().
    static Result<std::unique_ptr<Operations>> open(const Paths& paths);
    ~Operations();
    Operations(const Operations&) = delete;
    Operations& operator=(const Operations&) = delete;

    /// Result: the new operation's id.
    Result<std::int64_t> begin(const std::string& kind, const std::string& target, const Json& request);
    /// Direction, step, steps, stage, remoteId, error and finding of `record`.
    Result<void> note(const OperationRecord& record);
    Result<void> end(std::int64_t id, const std::string& state, const std::string& error);

    /// Oldest first.
    Result<std::vector<OperationRecord>> openOnes();
    /// The newest `limit`, newest first.
    Result<std::vector<OperationRecord>> newest(int limit);
    /// The newest `limit` of one target, newest first.
    Result<std::vector<OperationRecord>> of(const std::string& target, int limit);
    Result<OperationRecord> operation(std::int64_t id);
    /// Those that a chase began, oldest first.
    Result<std::vector<OperationRecord>> ofChase(std::int64_t chase);

private:
    explicit Operations(std::unique_ptr<Database> database);

    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
