#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/cli/output.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What `trainyard stores ...`, `trainyard transfers ...` and `trainyard data ls|cp|sync|rm|undelete` were asked to do.
struct StoreRequest {
    std::string action; ///< "list", "add", "remove", "test", "share"; "ls", "cp", "sync", "rm", "undelete", "mkdir"; "transfers", "resume" ...
    std::vector<std::string> names; ///< stores, addresses or numbers of transfers
    bool isRecursive = false;
    bool withDeleted = false; ///< of "ls": also what was softly deleted
    bool mayOverwrite = false;
    bool isQuiet = false;
    int streams = 8;
    int blockMiB = 0; ///< 0: as the store likes it
    std::int64_t limit = 0;          ///< of "ls"; 0: everything
    std::string permissions = "rl";  ///< of "share", and the next
    int hours = 24;
    std::string hostKey;      ///< of "add" for SSH machines, and the next
    std::string identityFile;
    std::string account; ///< of "add": the account of a cloud by whose sign-in the store is opened
    OutputForm form = OutputForm::Text;
};

/// Adds `stores`, `transfers` and the verbs of `data` that work on addresses; `command` becomes "stores" when one of them was
/// typed.
void addStores(CLI::App& app, CLI::App& data, StoreRequest& request, std::string& command);

/// Result: the exit code.
Result<int> storeCommand(catalog::Catalog& catalog, const StoreRequest& request);

} // namespace ty::cli
