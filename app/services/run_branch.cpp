#include "app/services/run_branch.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/files.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"

namespace ty::app {

using catalog::Catalog;
using catalog::RunRecord;

namespace {

constexpr const char* kStartFile = "start.safetensors";

Result<CheckpointRow> chooseCheckpoint(const std::vector<CheckpointRow>& rows, const BranchPoint& point, const std::string& name)
{
    for (const CheckpointRow& row : rows) {
        const bool isMeant = !point.file.empty() ? row.file == point.file
            : point.epoch > 0                    ? row.epoch <= point.epoch
                                                 : row.isBest;
        if (isMeant) {
            return row;
        }
    }
    if (!point.file.empty()) {
        return Error{ErrorKind::NotFound, name + ": the checkpoint " + point.file + " is no longer kept", "Choose another one."};
    }
    if (point.epoch == 0) {
        return Error{ErrorKind::NotFound, name + " has no checkpoint of its best epoch", "Choose another checkpoint."};
    }
    std::string advice = "It has no checkpoint at all: train it again.";
    if (!rows.empty()) {
        advice = "The earliest one is of epoch " + std::to_string(rows.back().epoch) + ".";
    }
    return Error{
        ErrorKind::NotFound,
        name + " has no checkpoint of epoch " + std::to_string(point.epoch) + " or before that is still kept", advice};
}

Result<void> linkOrCopy(const std::string& from, const std::string& to)
{
    std::error_code code;
    std::filesystem::create_hard_link(from, to, code);
    if (!code) {
        return {};
    }
    code.clear();
    std::filesystem::copy_file(from, to, code);
    if (code) {
        return Error{
            code == std::errc::no_space_on_device ? ErrorKind::DiskFull : ErrorKind::Io, to + ": " + code.message(), {}};
    }
    return {};
}

} // namespace

Result<std::vector<CheckpointRow>> checkpointsOf(Catalog& catalog, std::int64_t runId)
{
    TY_TRY(const RunRecord run, catalog.run(runId));
    TY_TRY(const auto marks, catalog.marks(runId));
    std::vector<CheckpointRow> rows;
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
        if (mark->kind != "checkpoint") {
            continue;
        }
        CheckpointRow row;
        row.file = mark->fields.value("file", std::string());
        const bool isKnown = std::any_of(rows.begin(), rows.end(), [&row](const auto& other) { return other.file == row.file; });
        if (isKnown || row.file.empty() || !pathExists(run.folder + "/" + row.file)) {
            continue; // written twice, or removed as the training went on
        }
        row.step = mark->fields.value("step", 0.0);
        row.epoch = static_cast<int>(mark->fields.value("epoch", 0.0));
        row.bytes = static_cast<std::int64_t>(mark->fields.value("bytes", 0.0));
        row.isBest = mark->fields.value("isBest", false) && row.epoch == run.bestEpoch;
        row.reason = mark->fields.value("reason", std::string());
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<RunRecord> makeBranch(Catalog& catalog, std::int64_t runId, const BranchPoint& point, const BranchChanges& changes)
{
    TY_TRY(const RunRecord parent, catalog.run(runId));
    TY_TRY(const auto rows, checkpointsOf(catalog, runId));
    TY_TRY(const CheckpointRow chosen, chooseCheckpoint(rows, point, parent.name));
    TY_TRY(RunSpec spec, catalog.runSpec(runId));
    if (changes.learningRateFactor != 1) {
        TY_TRY(const Json used, catalog.runSettings(runId));
        const auto rate = used.find("learningRate");
        if (rate == used.end() || !rate->is_number() || !(rate->get<double>() > 0)) {
            return Error{
                ErrorKind::InvalidInput, "the learning rate of " + parent.name + " is not known",
                "Set one when you branch."};
        }
        spec.settings["learningRate"] = rate->get<double>() * changes.learningRateFactor;
    }
    spec.settings.update(changes.settings);
    spec.name = changes.name;
    spec.start = {kStartFile, parent.name, chosen.epoch};
    TY_TRY(const RunRecord made, catalog.createRun(spec, parent.datasetId, parent.projectId));
    if (auto linked = linkOrCopy(parent.folder + "/" + chosen.file, made.folder + "/" + kStartFile); !linked) {
        TY_CHECK(catalog.deleteRun(made.id));
        return std::move(linked).error().withContext("cannot branch from " + parent.name);
    }
    return made;
}

} // namespace ty::app
