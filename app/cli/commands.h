#pragma once

#include <string>
#include <vector>

#include "app/cli/output.h"
#include "engine/base/result.h"

namespace ty::catalog {
class Catalog;
struct DatasetRecord;
struct ModelRecord;
struct RunRecord;
} // namespace ty::catalog

/// The commands of the command line twin. Each answers on standard output; its error is reported by the caller.
namespace ty::cli {

/// What a subcommand was asked to do: "list", "show", "delete", "export", ...
struct Request {
    std::string action;
    std::vector<std::string> names; ///< names or ids
    std::string out;                ///< of "export"
    std::string format;             ///< of "export"
    std::string to;                 ///< of "data export": another form; empty: the description
    std::string name;               ///< of "import"
    std::vector<std::string> rest;  ///< handed on to trainyard-run
    OutputForm form = OutputForm::Text;
};

Result<void> runsCommand(catalog::Catalog& catalog, const Request& request);
Result<void> dataCommand(catalog::Catalog& catalog, const Request& request);
Result<void> modelsCommand(catalog::Catalog& catalog, const Request& request);
Result<void> trashCommand(catalog::Catalog& catalog, const Request& request);

/// `trainyard train ...`: as trainyard-run train, in a folder of the catalog unless --out names another, and recorded.
/// Result: the exit code.
Result<int> trainCommand(catalog::Catalog& catalog, const std::vector<std::string>& arguments);
/// `trainyard runs resume NAME ...`. Result: the exit code.
Result<int> resumeCommand(
    catalog::Catalog& catalog, const std::string& name, const std::vector<std::string>& arguments);
/// evaluate, predict and export by trainyard-run; --model may be a name in the catalog. Result: the exit code.
Result<int> passOn(catalog::Catalog& catalog, const std::string& command, std::vector<std::string> arguments);

/// By name, or by id. Errors: NotFound.
Result<catalog::RunRecord> findRun(catalog::Catalog& catalog, const std::string& nameOrId);
Result<catalog::DatasetRecord> findDataset(catalog::Catalog& catalog, const std::string& nameOrId);
Result<catalog::ModelRecord> findModel(catalog::Catalog& catalog, const std::string& nameOrId);

} // namespace ty::cli
