#include <algorithm>

#include <fmt/format.h>

#include "app/catalog/catalog.h"
#include "app/cli/commands.h"
#include "app/cli/runner_process.h"
#include "app/cli/store_grants.h"
#include "engine/base/run_spec.h"

namespace ty::cli {

namespace {

using catalog::DatasetRecord;

/// The same check as in a run's description.
Result<SplitSpec> splitOf(const Json& choices)
{
    Json described = Json::object();
    if (choices.is_object() && choices.contains("split")) {
        described = choices["split"];
    }
    RunSpec spec;
    spec.data.training = "-";
    Json whole = spec.toJson();
    whole["data"]["split"].update(described);
    TY_TRY(const RunSpec read, RunSpec::fromJson(whole, "split"));
    TY_CHECK(read.validate());
    return read.data.split;
}

Json toJson(const SplitSpec& split)
{
    return {{"validation", split.validation}, {"test", split.test}, {"seed", split.seed}, {"stratified", split.isStratified}};
}

Result<void> splitDatasetAnew(catalog::Catalog& catalog, const DatasetRecord& dataset, const Request& request)
{
    const DatasetEdit& edit = request.edit;
    Json choices = dataset.choices.is_object() ? dataset.choices : Json::object();
    TY_TRY(const SplitSpec before, splitOf(choices));
    SplitSpec split = before;
    split.validation = edit.validation.value_or(split.validation);
    split.test = edit.test.value_or(split.test);
    split.seed = edit.seed.value_or(split.seed);
    split.isStratified = edit.isStratified.value_or(split.isStratified);
    if (!(split == before)) {
        choices["split"] = toJson(split);
        TY_CHECK(splitOf(choices));
        TY_CHECK(catalog.setDatasetChoices(dataset.id, choices));
    }
    if (request.form == OutputForm::Json) {
        printJson({{"dataset", dataset.name}, {"split", toJson(split)}, {"before", toJson(before)}});
        return {};
    }
    printText(fmt::format(
        "{}: {:g} % training, {:g} % validation, {:g} % test, {}, seed {}\n", dataset.name,
        100 * (1 - split.validation - split.test), 100 * split.validation, 100 * split.test,
        split.isStratified ? "each class in its share" : "by chance", split.seed));
    return {};
}

Result<SampleFixes> fixesOf(const Json& choices)
{
    if (!choices.is_object() || !choices.contains("fixes") || !choices["fixes"].contains("training")) {
        return SampleFixes();
    }
    return SampleFixes::fromJson(choices["fixes"]["training"], "corrections");
}

/// Errors: Usage for a correction that cannot be read, NotFound for one that is to be forgotten and is not there.
Result<void> apply(const DatasetEdit& edit, SampleFixes& fixes)
{
    for (const std::string& id : edit.forgotten) {
        if (id == "all") {
            fixes = {};
        } else if (fixes.labels.erase(id) + fixes.excluded.erase(id) == 0) {
            return Error{ErrorKind::NotFound, "the sample \"" + id + "\" is not corrected", "Without options the command lists what is."};
        }
    }
    for (const std::string& label : edit.labels) {
        const auto equals = label.rfind('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == label.size()) {
            return Error{ErrorKind::Usage, "--label " + label + ": no sample and class", "Write --label \"line 17=cat\"."};
        }
        fixes.excluded.erase(label.substr(0, equals));
        fixes.labels[label.substr(0, equals)] = label.substr(equals + 1);
    }
    for (const std::string& id : edit.leftOut) {
        fixes.labels.erase(id);
        fixes.excluded.insert(id);
    }
    return {};
}

/// A sample named on this command line that the data does not have; empty if all are there.
std::string unknownSample(const Json& info, const DatasetEdit& edit)
{
    const Json problems = info.value("problems", Json::array());
    for (const Json& problem : problems) {
        for (const Json& name : problem.value("kind", "") == "vanished-corrections" ? problem.value("names", Json::array()) : Json::array()) {
            const auto id = name.get<std::string>();
            const bool isNamed = std::find(edit.leftOut.begin(), edit.leftOut.end(), id) != edit.leftOut.end()
                || std::any_of(edit.labels.begin(), edit.labels.end(), [&](const std::string& label) {
                       return label.substr(0, label.rfind('=')) == id;
                   });
            if (isNamed) {
                return id;
            }
        }
    }
    return {};
}

Result<void> relabel(catalog::Catalog& catalog, const DatasetRecord& dataset, const Request& request)
{
    Json choices = dataset.choices.is_object() ? dataset.choices : Json::object();
    TY_TRY(SampleFixes fixes, fixesOf(choices));
    const SampleFixes before = fixes;
    TY_CHECK(apply(request.edit, fixes));
    if (!(fixes == before)) {
        choices["fixes"] = Json::object(); // said, so that nothing earlier stays
        if (!fixes.isEmpty()) {
            choices["fixes"]["training"] = fixes.toJson();
        }
        std::vector<std::string> words = {"inspect", dataset.path, "--json"};
        const auto chosen = choiceWords(choices);
        words.insert(words.end(), chosen.begin(), chosen.end());
        TY_TRY(const cloud::Secret stores, grantStores(catalog, words));
        TY_TRY(const Captured inspected, captureRunner(words, stores));
        TY_TRY(const Json info, parseJson(inspected.output, "trainyard-run inspect"));
        if (info.contains("error")) {
            return errorOf(info["error"]);
        }
        if (const std::string id = unknownSample(info, request.edit); !id.empty()) {
            return Error{
                ErrorKind::NotFound, dataset.name + " has no sample \"" + id + "\", or leaves it out",
                "Samples are called \"line 17\", \"row 17\" or by their file, as in the window and in evaluations."};
        }
        TY_CHECK(catalog.registerDataset(dataset.path, info, choices));
    }
    if (request.form == OutputForm::Json) {
        printJson({{"dataset", dataset.name}, {"corrections", fixes.toJson()}, {"before", before.toJson()}});
        return {};
    }
    std::string text = fmt::format("{}: {} corrected\n", dataset.name, fixes.count());
    for (const auto& [id, label] : fixes.labels) {
        text += fmt::format("  {} is {}\n", id, label);
    }
    for (const std::string& id : fixes.excluded) {
        text += fmt::format("  {} is left out\n", id);
    }
    printText(text);
    return {};
}

} // namespace

std::vector<std::string> choiceWords(const Json& choices)
{
    std::vector<std::string> words;
    if (!choices.is_object()) {
        return words;
    }
    for (const auto& [key, value] : choices.items()) {
        if (key == "target" || key == "task") {
            words.insert(words.end(), {"--" + key, value.is_string() ? value.get<std::string>() : std::string()});
        } else if (key == "columns" || key == "repairs") {
            words.insert(words.end(), {"--" + key, value.dump()});
        } else if (key == "preparation") {
            words.insert(words.end(), {"--prepare", value.dump()});
        } else if (key == "fixes" && value.contains("training")) {
            words.insert(words.end(), {"--fixes", value["training"].dump()});
        }
    }
    return words;
}

std::vector<std::string> splitWords(const Json& choices)
{
    std::vector<std::string> words;
    const auto split = choices.is_object() && choices.contains("split") ? choices["split"] : Json::object();
    for (const auto& [key, option] :
         {std::pair{"validation", "--validation-fraction"}, {"test", "--test-fraction"}, {"seed", "--split-seed"}, {"stratified", "--stratified"}}) {
        if (split.contains(key)) {
            words.insert(words.end(), {option, split[key].dump()});
        }
    }
    return words;
}

Result<void> editDataset(catalog::Catalog& catalog, const Request& request)
{
    TY_TRY(const DatasetRecord found, findDataset(catalog, request.names.at(0)));
    TY_TRY(const DatasetRecord dataset, catalog.dataset(found.id));
    return request.action == "split" ? splitDatasetAnew(catalog, dataset, request) : relabel(catalog, dataset, request);
}

} // namespace ty::cli
