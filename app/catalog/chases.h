#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::catalog {

class Database;

/// A hunt for a GPU: what was asked for, and the places with what is known of them. The attempts themselves are in the
/// table of operations.
struct ChaseRecord {
    std::int64_t id = 0;
    std::string state = "open"; ///< "open" until it has come to an end: "done"
    Json request = Json::object();
    Json places = Json::array();
    std::string started;
    std::string ended;
};

/// Why something cannot be had somewhere for a while.
struct BlockRecord {
    std::string account;
    std::string place;   ///< what it blocks: "westeurope|1|Standard_NC4as_T4_v3"
    std::string verdict; ///< the name of a failure's class
    std::string reason;
    std::string until; ///< UTC
};

/// The tables `chases` and `blocks`, on a connection of its own. One thread.
class Chases {
public:
    static Result<std::unique_ptr<Chases>> open(const Paths& paths);
    ~Chases();
    Chases(const Chases&) = delete;
    Chases& operator=(const Chases&) = delete;

    /// Result: its id.
    Result<std::int64_t> begin(const Json& request, const Json& places);
    Result<void> setPlaces(std::int64_t id, const Json& places);
    Result<void> end(std::int64_t id, const Json& places);
    /// Errors: NotFound.
    Result<ChaseRecord> find(std::int64_t id);
    /// The newest one; nothing: there was none.
    Result<std::optional<ChaseRecord>> newest();

    Result<void> block(const BlockRecord& block);
    /// Those that still hold; the others are forgotten.
    Result<std::vector<BlockRecord>> blocks(const std::string& account);
    Result<void> clearBlocks();

private:
    explicit Chases(std::unique_ptr<Database> database);

    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
