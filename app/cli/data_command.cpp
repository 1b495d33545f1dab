#include <algorithm>
#include <set>

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
        printText("No datasets yet. Try: trainyard data import PATH\n");
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
        return errorOf(info["error"]);
    }
    TY_TRY(const std::string where, jsonFieldOr<std::string>(info, "path", path, "trainyard-run inspect"));
    TY_TRY(const DatasetRecord dataset, catalog.registerDataset(where, info));
    list({dataset}, form);
    return {};
}

/// In another form, by trainyard-run; a name or an id in the catalog, or any data.
Result<void> convert(catalog::Catalog& catalog, const std::string& name, const Request& request)
{
    std::vector<std::string> words = {"convert", name};
    if (const auto found = findDataset(catalog, name)) {
        TY_TRY(const DatasetRecord dataset, catalog.dataset(found->id));
        words[1] = dataset.path;
        const auto chosen = choiceWords(dataset.choices);
        words.insert(words.end(), chosen.begin(), chosen.end());
    }
    words.insert(words.end(), {"--to", request.to, "--out", request.out, "--json"});
    TY_TRY(const cloud::Secret stores, grantStores(catalog, words));
    TY_TRY(const Captured converted, captureRunner(words, stores));
    TY_TRY(const Json done, parseJson(converted.output, "trainyard-run convert"));
    if (done.contains("error")) {
        return errorOf(done["error"]);
    }
    if (request.form == OutputForm::Json) {
        printJson(done);
        return {};
    }
    printText(fmt::format("{}: {} files\n", done.value("folder", request.out), done.value("files", Json::array()).size()));
    for (const Json& note : done.value("notes", Json::array())) {
        printText("note: " + note.get<std::string>() + "\n");
    }
    return {};
}

/// "+20 rows, column \"age\" is gone"; empty: the description is the same.
std::string changesBetween(const Json& before, const Json& after)
{
    std::vector<std::string> changes;
    const auto samples = after.value("samples", std::int64_t{0}) - before.value("samples", std::int64_t{0});
    if (samples != 0) {
        changes.push_back(fmt::format("{:+} samples", samples));
    }
    for (const auto& [list, what] : {std::pair{"columns", "column"}, std::pair{"classes", "class"}}) {
        const auto namesIn = [list = list](const Json& info) {
            std::set<std::string> names;
            const Json entries = info.value(list, Json::array());
            for (const Json& entry : entries) {
                names.insert(entry.value("name", std::string()));
            }
            return names;
        };
        const auto old = namesIn(before);
        const auto now = namesIn(after);
        for (const std::string& name : now) {
            if (!old.contains(name)) {
                changes.push_back(fmt::format("{} \"{}\" is new", what, name));
            }
        }
        for (const std::string& name : old) {
            if (!now.contains(name)) {
                changes.push_back(fmt::format("{} \"{}\" is gone", what, name));
            }
        }
    }
    constexpr std::size_t kMostNamed = 6;
    const std::size_t more = changes.size() - std::min(changes.size(), kMostNamed);
    changes.resize(changes.size() - more);
    return fmt::format("{}{}", fmt::join(changes, ", "), more > 0 ? fmt::format(" and {} more changes", more) : "");
}

/// Every state of the data at one place, oldest first.
Result<void> versions(catalog::Catalog& catalog, const DatasetRecord& of, OutputForm form)
{
    TY_TRY(auto datasets, catalog.datasets());
    std::erase_if(datasets, [&](const DatasetRecord& one) { return one.path != of.path; });
    std::sort(datasets.begin(), datasets.end(), [](const DatasetRecord& a, const DatasetRecord& b) { return a.version < b.version; });
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    Json before;
    for (const DatasetRecord& one : datasets) {
        TY_TRY(const DatasetRecord whole, catalog.dataset(one.id));
        const std::string changes = before.is_object() && whole.info.is_object() ? changesBetween(before, whole.info) : std::string();
        before = whole.info;
        Json json = toJson(one);
        json["changes"] = changes;
        all.push_back(std::move(json));
        rows.push_back(
            {std::to_string(one.version), std::to_string(one.id), one.name, one.created, std::to_string(one.samples), one.fingerprint.substr(0, 12),
             std::to_string(one.usedBy), rows.empty() ? "first seen" : changes.empty() ? "values alone" : changes});
    }
    if (form == OutputForm::Json) {
        printJson({{"path", of.path}, {"versions", all}});
        return {};
    }
    printText(table({"VERSION", "ID", "NAME", "SEEN", "SAMPLES", "FINGERPRINT", "RUNS", "CHANGES"}, rows));
    return {};
}

} // namespace

Error errorOf(const Json& error)
{
    return {
        errorKindFromName(error.value("kind", std::string())), error.value("message", std::string()),
        error.value("advice", std::string())};
}

Result<void> dataCommand(catalog::Catalog& catalog, const Request& request)
{
    if (request.action == "list") {
        TY_TRY(const auto datasets, catalog.datasets());
        list(datasets, request.form);
        return {};
    }
    for (const std::string& name : request.names) {
        if (request.action == "import") {
            TY_CHECK(add(catalog, name, request.form));
            continue;
        }
        if (request.action == "export" && !request.to.empty()) {
            TY_CHECK(convert(catalog, name, request));
            continue;
        }
        TY_TRY(const DatasetRecord found, findDataset(catalog, name));
        if (request.action == "split" || request.action == "relabel") {
            Request one = request;
            one.names = {name};
            TY_CHECK(editDataset(catalog, one));
            continue;
        }
        if (request.action == "versions") {
            TY_CHECK(versions(catalog, found, request.form));
            continue;
        }
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
            if (request.form == OutputForm::Json) {
                printJson({{"file", request.out}});
            } else {
                printText(request.out + "\n");
            }
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
