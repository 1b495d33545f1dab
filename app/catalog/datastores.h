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

/// A place with data under a name of the person's. Its secret lies in the secret store, never here.
struct DatastoreRecord {
    std::int64_t id = 0;
    std::string name; ///< unique here
    std::string kind; ///< "blob", "files", "google", "sftp", "web", "local"
    std::string uri;  ///< "az://research/images"
    Json details = Json::object(); ///< endpoint, how to sign in, host keys
    std::string created;
};

/// The table `datastores`, on a connection of its own. One thread.
class Datastores {
public:
    static Result<std::unique_ptr<Datastores>> open(const Paths& paths);
    ~Datastores();
    Datastores(const Datastores&) = delete;
    Datastores& operator=(const Datastores&) = delete;

    /// Adds or, by name, replaces.
    Result<void> put(const DatastoreRecord& store);
    Result<std::vector<DatastoreRecord>> all(); ///< by name
    Result<std::optional<DatastoreRecord>> find(const std::string& name);
    /// Errors: NotFound.
    Result<void> remove(const std::string& name);

private:
    explicit Datastores(std::unique_ptr<Database> database);

    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
