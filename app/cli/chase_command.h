#pragma once

#include <cstdint>
#include <string>

#include "app/catalog/catalog.h"
#include "app/cli/output.h"
#include "cloud/chase/chase_request.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What `trainyard chase` was asked to do.
struct ChaseCommand {
    cloud::ChaseRequest request;
    bool isResumed = false;
    std::int64_t number = 0; ///< of the chase to go on with; 0: the newest
    bool isDryRun = false;
    bool isAgreed = false; ///< --yes: no question
    bool clearsBlocks = false;
    std::string csvFile;
    std::string scriptFile;
    bool isVerbose = false; ///< each request with its id on standard error
    OutputForm form = OutputForm::Text;
};

/// Adds `chase`; `command` becomes "chase" when it was typed.
void addChase(CLI::App& app, ChaseCommand& chase, std::string& command);

/// Looks for a GPU in all zones, by the same journal as the window. Result: the exit code: 0 a machine stood (or all was tried,
/// with --all, or it was a dry run), 4 no place gave one, 5 stopped.
Result<int> chaseCommand(catalog::Catalog& catalog, const ChaseCommand& chase);

} // namespace ty::cli
