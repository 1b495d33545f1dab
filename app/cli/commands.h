#pragma once

#include <cstdint>
#include <optional>
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

/// What is kept with a dataset and done by its runs; empty: as it is.
struct DatasetEdit {
    std::optional<double> validation; ///< parts of the data, 0 to 1
    std::optional<double> test;
    std::optional<std::uint64_t> seed;
    std::optional<bool> isStratified;
    std::vector<std::string> labels;   ///< "line 17=cat"
    std::vector<std::string> leftOut;  ///< ids of samples
    std::vector<std::string> forgotten; ///< ids whose corrections are taken back; "all": every one
};

/// What a subcommand was asked to do: "list", "show", "delete", "export", ...
struct Request {
    std::string action;
    std::vector<std::string> names; ///< names or ids
    std::string out;                ///< of "export"
    std::string format;             ///< of "export"
    std::string to;                 ///< of "data export": another form; empty: the description
    std::string name;               ///< of "import"
    DatasetEdit edit;               ///< of "data split" and "data relabel"
    std::vector<std::string> rest;  ///< handed on to trainyard-run
    OutputForm form = OutputForm::Text;
};

Result<void> runsCommand(catalog::Catalog& catalog, const Request& request);
Result<void> dataCommand(catalog::Catalog& catalog, const Request& request);
Result<void> modelsCommand(catalog::Catalog& catalog, const Request& request);
Result<void> trashCommand(catalog::Catalog& catalog, const Request& request);

/// What trainyard-run says as {"kind", "message", "advice"}.
Error errorOf(const Json& error);
/// `trainyard data split NAME ...` and `trainyard data relabel NAME ...`: changes what is kept with a dataset, or tells it.
Result<void> editDataset(catalog::Catalog& catalog, const Request& request);
/// What is kept with a dataset, as options of trainyard-run inspect and convert.
std::vector<std::string> choiceWords(const Json& choices);
/// The division that is kept with it, as options of trainyard-run train.
std::vector<std::string> splitWords(const Json& choices);

/// `trainyard train ...`: as trainyard-run train, in a folder of the catalog unless --out names another, and recorded.
/// --data may be the name of a dataset in the catalog; then what is kept with it counts where the words say nothing. Result: the exit code.
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
