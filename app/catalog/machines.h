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

/// A computer that we rent or know, as it was when it was last looked at.
struct MachineRecord {
    std::int64_t id = 0;
    std::string name;  ///< unique here
    std::string cloud; ///< the account's name: "sandbox", "azure/Research"
    std::string state; ///< the provider-neutral word: "running", "off" ...
    std::string size;
    std::string region; ///< with the zone behind a slash, if one is known: "eastus/1"
    std::string address;
    std::optional<double> usdPerHour; ///< nothing: not known, which is not 0
    std::optional<int> autoStopMinutes; ///< nothing: none
    std::string owner;
    Json details = Json::object(); ///< spec, resources, host key
    std::string created;
};

/// The table `machines`, on a connection of its own. One thread.
class Machines {
public:
    static Result<std::unique_ptr<Machines>> open(const Paths& paths);
    ~Machines();
    Machines(const Machines&) = delete;
    Machines& operator=(const Machines&) = delete;

    /// Adds or, by name, replaces. Result: its id, which stays.
    Result<std::int64_t> put(const MachineRecord& machine);
    Result<void> setState(const std::string& name, const std::string& state, const std::string& address);
    Result<std::vector<MachineRecord>> all(); ///< by name
    Result<std::optional<MachineRecord>> find(const std::string& name);
    /// A missing one is fine.
    Result<void> remove(const std::string& name);

private:
    explicit Machines(std::unique_ptr<Database> database);

    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
