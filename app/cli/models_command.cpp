#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/catalog/catalog.h"
#include "app/cli/commands.h"
#include "app/cli/runner_process.h"

namespace ty::cli {

namespace {

using catalog::ModelRecord;

Json number(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json toJson(const ModelRecord& model)
{
    return Json{
        {"id", model.id},
        {"name", model.name},
        {"version", model.version},
        {"run", model.runName},
        {"folder", model.folder},
        {"format", model.format},
        {"learner", model.learner},
        {"task", model.task},
        {"input", model.input},
        {"output", model.output},
        {"parameters", model.parameters},
        {"bytes", model.bytes},
        {"metric", model.metric},
        {"best", number(model.best)},
        {"latencyMs", number(model.latencyMs)},
        {"checked", model.isChecked},
        {"starred", model.isStarred},
        {"created", model.created}};
}

void list(const std::vector<ModelRecord>& models, OutputForm form)
{
    if (form == OutputForm::Json) {
        Json all = Json::array();
        for (const ModelRecord& model : models) {
            all.push_back(toJson(model));
        }
        printJson({{"models", all}});
        return;
    }
    if (models.empty()) {
        printText("No models yet. A finished run gives one.\n");
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const ModelRecord& model : models) {
        const std::string best = model.metric.empty() ? "-" : model.metric + " " + shown(model.best);
        rows.push_back(
            {std::to_string(model.id), (model.isStarred ? "* " : "") + model.name, std::to_string(model.version),
             model.learner, model.input + " -> " + model.output, std::to_string(model.parameters),
             shownBytes(model.bytes), best, model.isChecked ? "yes" : "no"});
    }
    printText(
        table({"ID", "NAME", "VERSION", "LEARNER", "INPUT -> OUTPUT", "PARAMETERS", "SIZE", "BEST", "CHECKED"}, rows));
}

/// The report of trainyard-run with --json, or the error that it told.
Result<Json> answerOf(const std::vector<std::string>& words)
{
    TY_TRY(const Captured done, captureRunner(words));
    TY_TRY(Json report, parseJson(done.output, "trainyard-run " + words.front()));
    if (report.contains("error")) {
        const Json& error = report["error"];
        return Error{
            errorKindFromName(error.value("kind", std::string())), error.value("message", std::string()),
            error.value("advice", std::string())};
    }
    return report;
}

Result<void> exportOne(catalog::Catalog& catalog, const ModelRecord& model, const Request& request)
{
    TY_TRY(
        const Json report,
        answerOf({"export", "--model", model.folder, "--format", request.format, "--out", request.out, "--json"}));
    catalog::ArtifactRecord artifact;
    artifact.modelId = model.id;
    artifact.runId = model.runId;
    artifact.kind = request.format;
    std::error_code code;
    artifact.path = std::filesystem::absolute(request.out, code).lexically_normal().string();
    artifact.bytes = report.value("bytes", std::int64_t{0});
    artifact.details = report;
    TY_CHECK(catalog.addArtifact(artifact));
    if (report.contains("maxDifference")) {
        TY_CHECK(catalog.setModelChecked(model.id, true)); // a difference too large is an error, not a report
    }
    if (request.form == OutputForm::Json) {
        printJson(report);
    } else {
        printText(fmt::format("{} ({})\n", request.out, shownBytes(artifact.bytes)));
        for (const Json& note : report.value("notes", Json::array())) {
            printText(note.get<std::string>() + "\n");
        }
    }
    return {};
}

/// The runner makes the package: whoever wrote the file, it is read in a process of its own.
Result<void> importOne(catalog::Catalog& catalog, const std::string& file, const Request& request)
{
    const std::string name = request.name.empty() ? std::filesystem::path(file).stem().string() : request.name;
    const std::string folder = catalog.freeModelFolder(name);
    std::vector<std::string> words = {"import", file, "--name", name, "--out", folder, "--json"};
    words.insert(words.end(), request.rest.begin(), request.rest.end());
    TY_TRY(const Json report, answerOf(words));
    TY_TRY(const ModelRecord model, catalog.registerModelFolder(folder, name));
    if (request.form == OutputForm::Json) {
        Json all = toJson(model);
        all["source"] = report.value("source", Json::object());
        printJson(all);
        return {};
    }
    list({model}, request.form);
    const Json assumed = report.value("source", Json::object()).value("assumed", Json::object());
    for (const auto& [key, entry] : assumed.items()) {
        if (entry.value("from", std::string()) != "person") {
            printText("assumed: " + entry.value("text", std::string()) + "\n");
        }
    }
    return {};
}

} // namespace

Result<void> modelsCommand(catalog::Catalog& catalog, const Request& request)
{
    if (request.action == "list") {
        TY_TRY(const auto models, catalog.models());
        list(models, request.form);
        return {};
    }
    for (const std::string& name : request.names) {
        if (request.action == "import") {
            TY_CHECK(importOne(catalog, name, request));
            continue;
        }
        if (request.action == "add") {
            TY_TRY(const ModelRecord added, catalog.registerModelFolder(name));
            list({added}, request.form);
            continue;
        }
        TY_TRY(const ModelRecord model, findModel(catalog, name));
        if (request.action == "export") {
            TY_CHECK(exportOne(catalog, model, request));
        } else if (request.action == "delete") {
            TY_TRY(const auto item, catalog.deleteModel(model.id));
            if (request.form == OutputForm::Json) {
                printJson({{"deleted", model.name}, {"trash", item.id}, {"expires", item.expires}});
            } else {
                printText(fmt::format("{} is in the trash. Undo: trainyard trash restore {}\n", model.name, item.id));
            }
        } else if (request.form == OutputForm::Json) {
            printJson(toJson(model));
        } else {
            std::string text;
            const Json shownModel = toJson(model);
            for (const auto& [key, value] : shownModel.items()) {
                text += fmt::format("{:<12} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
            }
            printText(text);
        }
    }
    return {};
}

} // namespace ty::cli
