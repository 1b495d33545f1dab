#include <algorithm>
#include <filesystem>
#include <iterator>

#include "app/catalog/catalog.h"
#include "app/catalog/event_ingest.h"
#include "app/cli/commands.h"
#include "app/cli/runner_process.h"
#include "app/cli/store_grants.h"
#include "cloud/storage/store_grant.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::cli {

namespace {

/// The value of "--name value" or "--name=value"; empty when it is not given.
std::string optionOf(const std::vector<std::string>& arguments, const std::string& name)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == name && i + 1 < arguments.size()) {
            return arguments[i + 1];
        }
        if (arguments[i].starts_with(name + "=")) {
            return arguments[i].substr(name.size() + 1);
        }
    }
    return {};
}

/// The folder of a model in the catalog in the place of its name, after "--model" or "--from"; paths stay.
Result<void> findNamedModel(catalog::Catalog& catalog, const std::string& option, std::vector<std::string>& arguments)
{
    const auto found = std::find(arguments.begin(), arguments.end(), option);
    if (found != arguments.end() && std::next(found) != arguments.end() && !pathExists(*std::next(found))) {
        TY_TRY(const auto model, findModel(catalog, *std::next(found)));
        *std::next(found) = model.folder;
    }
    return {};
}

/// The place of a dataset in the catalog instead of its name after "--data", with what is kept with it where nothing is said.
Result<void> findNamedDataset(catalog::Catalog& catalog, std::vector<std::string>& arguments)
{
    const auto found = std::find(arguments.begin(), arguments.end(), "--data");
    if (found == arguments.end() || std::next(found) == arguments.end()) {
        return {};
    }
    std::string& name = *std::next(found);
    if (pathExists(name) || isStoreAddress(name) || name.find("://") != std::string::npos || name.starts_with("sample:")) {
        return {};
    }
    const auto known = findDataset(catalog, name);
    if (!known) {
        return {}; // the runner says what is wrong with the path
    }
    TY_TRY(const auto dataset, catalog.dataset(known->id));
    name = dataset.path;
    std::vector<std::string> kept = choiceWords(dataset.choices);
    const auto split = splitWords(dataset.choices);
    kept.insert(kept.end(), split.begin(), split.end());
    for (std::size_t i = 0; i + 1 < kept.size(); i += 2) {
        const bool isSaid = std::any_of(arguments.begin(), arguments.end(), [&](const std::string& word) {
            return word == kept[i] || word.starts_with(kept[i] + "=");
        });
        if (!isSaid) {
            arguments.insert(arguments.end(), {kept[i], kept[i + 1]});
        }
    }
    return {};
}

void addDefaultEvents(std::vector<std::string>& arguments)
{
    if (optionOf(arguments, "--events").empty()) {
        arguments.insert(arguments.end(), {"--events", "text"});
    }
}

std::vector<std::string> dataOf(const RunSpec& spec)
{
    return {spec.data.training, spec.data.validation, spec.data.test};
}

/// The description that the runner is given, if it is given one; what is wrong with it the runner tells.
RunSpec givenSpec(const std::vector<std::string>& arguments)
{
    const bool isGiven = arguments.size() > 1 && arguments[1].ends_with(".json");
    auto spec = isGiven ? RunSpec::load(arguments[1]) : Result<RunSpec>(RunSpec());
    return spec ? std::move(spec).value() : RunSpec();
}

/// Runs the runner in the folder of a run that the catalog knows, and stores its events as they come.
Result<int> follow(
    catalog::Catalog& catalog, const catalog::RunRecord& run, std::vector<std::string> arguments, const cloud::Secret& stores)
{
    addDefaultEvents(arguments);
    const std::string events = RunFolder{run.folder}.eventsFile();
    catalog::EventIngest ingest(catalog, run.id);
    // What fails here is tried again the next time; adoptRun() says it at the end.
    TY_TRY(const int code, runRunner(arguments, [&] { (void)ingest.replay(events); }, stores));
    if (!pathExists(events)) {
        // Refused before it began; the runner has said why.
        TY_CHECK(catalog.setRunState(
            run.id, catalog::RunState::Failed,
            Error{ErrorKind::InvalidInput, "it did not start", "Look at the message of trainyard-run."}));
        return code;
    }
    TY_CHECK(catalog.adoptRun(run.folder));
    return code;
}

} // namespace

Result<int> trainCommand(catalog::Catalog& catalog, const std::vector<std::string>& arguments)
{
    if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()
        || std::find(arguments.begin(), arguments.end(), "-h") != arguments.end()) {
        return runRunner({"train", "--help"});
    }
    std::vector<std::string> given = {"train"};
    given.insert(given.end(), arguments.begin(), arguments.end());
    if (given.size() > 1 && isStoreAddress(given[1])) {
        given.insert(given.begin() + 1, "--data"); // trainyard train az://ACCOUNT/CONTAINER/PATH
    }
    TY_CHECK(findNamedModel(catalog, "--from", given));
    TY_CHECK(findNamedDataset(catalog, given));
    TY_TRY(const cloud::Secret stores, grantStores(catalog, given, dataOf(givenSpec(given))));
    const bool isOnlyTold = std::any_of(arguments.begin(), arguments.end(), [](const std::string& word) {
        return word == "--print-spec" || word == "--print-network";
    });
    if (isOnlyTold) {
        return runRunner(given, {}, stores); // nothing is trained, so there is no run to remember
    }
    if (const std::string out = optionOf(arguments, "--out"); !out.empty()) {
        addDefaultEvents(given);
        TY_TRY(const int code, runRunner(given, {}, stores));
        if (pathExists(RunFolder{out}.specFile())) {
            TY_CHECK(catalog.adoptRun(out));
        }
        return code;
    }
    given.push_back("--print-spec");
    TY_TRY(const Captured described, captureRunner(given, stores));
    if (described.exitCode != 0) {
        return described.exitCode; // it has said why
    }
    TY_TRY(const Json json, parseJson(described.output, "trainyard-run train"));
    TY_TRY(RunSpec spec, RunSpec::fromJson(json, "trainyard-run train"));
    TY_TRY(const auto run, catalog.createRun(std::move(spec)));
    std::vector<std::string> real = {"train", RunFolder{run.folder}.specFile(), "--out", run.folder};
    for (const char* option : {"--events", "--threads"}) {
        if (const std::string value = optionOf(arguments, option); !value.empty()) {
            real.insert(real.end(), {option, value});
        }
    }
    return follow(catalog, run, real, stores);
}

Result<int> resumeCommand(
    catalog::Catalog& catalog, const std::string& name, const std::vector<std::string>& arguments)
{
    TY_TRY(const auto run, findRun(catalog, name));
    std::vector<std::string> words = {"train", "--out", run.folder, "--resume"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    TY_TRY(const RunSpec spec, RunSpec::load(RunFolder{run.folder}.specFile()));
    TY_TRY(const cloud::Secret stores, grantStores(catalog, words, dataOf(spec)));
    return follow(catalog, run, words, stores);
}

Result<int> passOn(catalog::Catalog& catalog, const std::string& command, std::vector<std::string> arguments)
{
    TY_CHECK(findNamedModel(catalog, "--model", arguments));
    arguments.insert(arguments.begin(), command);
    TY_TRY(const cloud::Secret stores, grantStores(catalog, arguments));
    return runRunner(arguments, {}, stores);
}

} // namespace ty::cli
