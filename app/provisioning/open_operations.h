#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

/// An operation that the journal holds open and that no program works on now.
struct OpenOperation {
    std::int64_t id = 0;
    std::string account;
    std::string kind;    ///< "create", "delete" ...
    std::string machine; ///< or whatever else it is about
    std::string group;   ///< resource group of that machine; empty: not known
    int step = 0;        ///< from 0
    int steps = 0;
    std::string stage;   ///< for the person, where it stopped: "Creating network card"
    bool isUndoing = false;
    std::optional<cloud::MachineRequest> request; ///< of a creation
};

/// Reads the journal alone: no cloud is asked, no sandbox started, nobody signs in. Oldest first.
/// Errors: those of the catalog.
Result<std::vector<OpenOperation>> readOpenOperations(const catalog::Paths& paths);

/// Where the programs of this computer say which operation they work on.
std::string operationLockFolder(const catalog::Paths& paths);
std::string operationLockFile(const std::string& lockFolder, std::int64_t operation);

} // namespace ty::app
