#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "app/catalog/catalog.h"
#include "app/cli/commands.h"
#include "engine/base/csv_field.h"
#include "engine/base/files.h"

namespace ty::cli {

namespace {

using catalog::RunRecord;

Json number(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json toJson(const RunRecord& run)
{
    Json error = nullptr;
    if (!run.errorMessage.empty()) {
        error = {{"kind", run.errorKind}, {"message", run.errorMessage}, {"advice", run.errorAdvice}};
    }
    return Json{
        {"id", run.id},
        {"name", run.name},
        {"state", catalog::runStateName(run.state)},
        {"dataset", run.dataset},
        {"task", run.task},
        {"learner", run.learner},
        {"preset", run.preset},
        {"metric", run.metric},
        {"best", number(run.best)},
        {"bestEpoch", run.bestEpoch},
        {"last", number(run.last)},
        {"gap", number(run.gap)},
        {"epochs", run.epochsDone},
        {"epochsPlanned", run.epochsPlanned},
        {"seconds", run.seconds},
        {"device", run.device},
        {"host", run.host},
        {"seed", run.seed},
        {"parameters", run.parameters},
        {"bytes", run.bytes},
        {"starred", run.isStarred},
        {"resumable", run.isResumable},
        {"tags", run.tags},
        {"notes", run.notes},
        {"created", run.created},
        {"started", run.started},
        {"ended", run.ended},
        {"outcome", run.outcome},
        {"error", error},
        {"folder", run.folder}};
}

void list(const std::vector<RunRecord>& runs, OutputForm form)
{
    if (form == OutputForm::Json) {
        Json all = Json::array();
        for (const RunRecord& run : runs) {
            all.push_back(toJson(run));
        }
        printJson({{"runs", all}});
        return;
    }
    if (runs.empty()) {
        printText("No runs yet. Try: trainyard train --data sample:digits --preset fast\n");
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const RunRecord& run : runs) {
        const std::string best = run.metric.empty() ? "-" : run.metric + " " + shown(run.best);
        rows.push_back(
            {std::to_string(run.id), (run.isStarred ? "* " : "") + run.name, catalog::runStateName(run.state),
             run.dataset, run.preset, best, fmt::format("{}/{}", run.epochsDone, run.epochsPlanned),
             shownDuration(run.seconds), run.started.substr(0, 16)});
    }
    printText(table({"ID", "NAME", "STATE", "DATASET", "PRESET", "BEST", "EPOCHS", "DURATION", "STARTED"}, rows));
}

Result<void> show(catalog::Catalog& catalog, const RunRecord& run, OutputForm form)
{
    TY_TRY(const Json settings, catalog.runSettings(run.id));
    TY_TRY(const auto metrics, catalog.metrics(run.id));
    if (form == OutputForm::Json) {
        Json json = toJson(run);
        json["settings"] = settings;
        json["metrics"] = Json::object();
        for (const auto& metric : metrics) {
            json["metrics"][metric.name] = {
                {"points", metric.points}, {"minimum", number(metric.minimum)}, {"maximum", number(metric.maximum)},
                {"last", number(metric.last)}};
        }
        printJson(json);
        return {};
    }
    std::string text = fmt::format(
        "{}\n  state     {}{}\n  dataset   {}\n  learner   {}, preset {}, seed {}\n  epochs    {} of {} in {} on {}\n",
        run.name, catalog::runStateName(run.state), run.isResumable ? " (can be resumed)" : "", run.dataset,
        run.learner, run.preset, run.seed, run.epochsDone, run.epochsPlanned, shownDuration(run.seconds), run.device);
    if (!run.metric.empty()) {
        text += fmt::format("  best      {} {} at epoch {}\n", run.metric, shown(run.best), run.bestEpoch);
    }
    if (!run.errorMessage.empty()) {
        text += fmt::format("  error     {} {}\n", run.errorMessage, run.errorAdvice);
    }
    text += fmt::format("  folder    {}\nSettings\n", run.folder);
    for (const auto& [name, value] : settings.items()) {
        text += fmt::format("  {:<20} {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& metric : metrics) {
        rows.push_back(
            {"  " + metric.name, shown(metric.last), shown(metric.minimum), shown(metric.maximum),
             std::to_string(metric.points)});
    }
    printText(text + table({"Metrics", "last", "min", "max", "points"}, rows));
    return {};
}

/// Every point in the long form that other tools read: run,metric,step,epoch,time,value.
Result<void> exportPoints(catalog::Catalog& catalog, const std::vector<RunRecord>& runs, const std::string& out)
{
    std::string text = "run,metric,step,epoch,time,value\n";
    for (const RunRecord& run : runs) {
        TY_TRY(const auto metrics, catalog.metrics(run.id));
        for (const auto& metric : metrics) {
            TY_TRY(const auto series, catalog.series(run.id, metric.name));
            for (std::size_t i = 0; i < series.value.size(); ++i) {
                fmt::format_to(
                    std::back_inserter(text), "{},{},{:.17g},{:.17g},{:.3f},{:.17g}\n", csvField(run.name),
                    csvField(metric.name),
                    series.step[i], series.epoch[i], series.wall[i], series.value[i]);
            }
        }
    }
    TY_CHECK(writeFileAtomically(out, text));
    printText(out + "\n");
    return {};
}

} // namespace

Result<void> runsCommand(catalog::Catalog& catalog, const Request& request)
{
    if (request.action == "list") {
        TY_TRY(const auto runs, catalog.runs());
        list(runs, request.form);
        return {};
    }
    std::vector<RunRecord> runs;
    for (const std::string& name : request.names) {
        TY_TRY(RunRecord run, findRun(catalog, name));
        runs.push_back(std::move(run));
    }
    if (request.action == "export") {
        return exportPoints(catalog, runs, request.out);
    }
    for (const RunRecord& run : runs) {
        if (request.action == "show") {
            TY_CHECK(show(catalog, run, request.form));
        } else {
            TY_TRY(const auto item, catalog.deleteRun(run.id));
            if (request.form == OutputForm::Json) {
                printJson({{"deleted", run.name}, {"bytes", item.bytes}, {"trash", item.id}, {"expires", item.expires}});
            } else {
                printText(fmt::format(
                    "{} is in the trash until {}. Undo: trainyard trash restore {}\n", run.name,
                    item.expires.substr(0, 10), item.id));
            }
        }
    }
    return {};
}

} // namespace ty::cli
