#include <fmt/format.h>

#include "app/catalog/catalog.h"
#include "app/cli/commands.h"
#include "app/cli/runner_process.h"
#include "app/cli/store_grants.h"

namespace ty::cli {

namespace {

using catalog::DatasetRecord;

Json toJson(const DatasetRecord& dataset)
{
    return Json{
        {"id", dataset.id},
        {"name", dataset.name},
        {"version", dataset.version},
        {"path", dataset.path},
        {"kind", dataset.kind},
        {"format", dataset.format},
        {"task", dataset.task},
        {"target", dataset.target},
        {"samples", dataset.samples},
        {"classes", dataset.classes},
        {"shape", dataset.shape},
        {"bytes", dataset.bytes},
        {"problems", dataset.problems},
        {"fingerprint", dataset.fingerprint},
        {"starred", dataset.isStarred},
        {"usedBy", dataset.usedBy},
        {"created", dataset.created}};
}

void list(const std::vector<DatasetRecord>& datasets, OutputForm form)
{
    if (form == OutputForm::Json) {
        Json all = Json::array();
        for (const DatasetRecord& dataset : datasets) {
            all.push_back(toJson(dataset));
        }
        printJson({{"datasets", all}});
        return;
    }
    if (datasets.empty()) {
        printText("No datasets yet. Try: trainyard data add PATH\n");
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const DatasetRecord& dataset : datasets) {
        rows.push_back(
            {std::to_string(dataset.id), (dataset.isStarred ? "* " : "") + dataset.name,
             std::to_string(dataset.version), dataset.task, std::to_string(dataset.samples), dataset.shape,
             dataset.format, std::to_string(dataset.problems), fmt::format("{} runs", dataset.usedBy), dataset.path});
    }
    printText(table(
        {"ID", "NAME", "VERSION", "TASK", "SAMPLES", "SHAPE", "FORMAT", "PROBLEMS", "USED BY", "PATH"}, rows));
}

Result<void> add(catalog::Catalog& catalog, const std::string& path, OutputForm form)
{
    std::vector<std::string> words = {"inspect", path, "--json"};
    TY_TRY(const cloud::Secret stores, grantStores(catalog, words));
    TY_TRY(const Captured inspected, captureRunner(words, stores));
    TY_TRY(const Json info, parseJson(inspected.output, "trainyard-run inspect"));
    if (info.contains("error")) {
        const Json& error = info["error"];
        return Error{
            errorKindFromName(error.value("kind", std::string())), error.value("message", std::string()),
            error.value("advice", std::string())};
    }
    TY_TRY(const std::string where, jsonFieldOr<std::string>(info, "path", path, "trainyard-run inspect"));
    TY_TRY(const DatasetRecord dataset, catalog.registerDataset(where, info));
    list({dataset}, form);
    return {};
}

} // namespace

Result<void> dataCommand(catalog::Catalog& catalog, const Request& request)
{
    if (request.action == "list") {
        TY_TRY(const auto datasets, catalog.datasets());
        list(datasets, request.form);
        return {};
    }
    for (const std::string& name : request.names) {
        if (request.action == "add") {
            TY_CHECK(add(catalog, name, request.form));
            continue;
        }
        TY_TRY(const DatasetRecord found, findDataset(catalog, name));
        if (request.action == "delete") {
            TY_TRY(const auto item, catalog.deleteDataset(found.id));
            if (request.form == OutputForm::Json) {
                printJson({{"deleted", found.name}, {"trash", item.id}, {"expires", item.expires}});
            } else {
                printText(fmt::format(
                    "{} is in the trash; the data itself is untouched. Undo: trainyard trash restore {}\n", found.name,
                    item.id));
            }
            continue;
        }
        TY_TRY(const DatasetRecord dataset, catalog.dataset(found.id));
        Json json = toJson(dataset);
        json["info"] = dataset.info;
        json["choices"] = dataset.choices;
        if (request.action == "export") {
            TY_CHECK(writeJsonFile(request.out, json));
            printText(request.out + "\n");
        } else if (request.form == OutputForm::Json) {
            printJson(json);
        } else {
            json.erase("info");
            json.erase("choices");
            std::string text;
            for (const auto& [key, value] : json.items()) {
                text += fmt::format("{:<12} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
            }
            const Json problems = dataset.info.value("problems", Json::array());
            for (const Json& problem : problems) {
                text += "problem      " + problem.value("message", std::string()) + "\n";
            }
            printText(text);
        }
    }
    return {};
}

} // namespace ty::cli
