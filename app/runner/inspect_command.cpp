#include <algorithm>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/data_location.h"
#include "app/runner/run_stores.h"
#include "engine/base/interruption.h"
#include "engine/data/dataset.h"
#include "engine/data/near_duplicates.h"
#include "engine/data/sample_fixes.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

constexpr std::size_t kMostRows = 40;

std::string describeColumns(const DatasetInfo& info)
{
    std::string text = fmt::format("Columns:      {}\n", info.columns.size());
    for (std::size_t i = 0; i < info.columns.size() && i < kMostRows; ++i) {
        const ColumnInfo& column = info.columns[i];
        text += fmt::format("  {:<24} {:<9} {:<8}", column.name, columnTypeName(column.type), columnRoleName(column.role));
        if (column.type == ColumnType::Numeric) {
            text += fmt::format(" {:.4g} to {:.4g}", column.minimum, column.maximum);
        } else {
            text += fmt::format(" {} different", column.distinct);
        }
        text += column.missing > 0 ? fmt::format(", {} missing", column.missing) : "";
        const std::string spread = column.distribution.toSparkline();
        text += spread.empty() ? "\n" : fmt::format("  |{}|\n", spread);
    }
    return text + (info.columns.size() > kMostRows ? "  ...\n" : "");
}

std::string describeClasses(const DatasetInfo& info)
{
    std::string text = fmt::format("Classes:      {}\n", info.classes.size());
    for (std::size_t i = 0; i < info.classes.size() && i < kMostRows; ++i) {
        text += fmt::format("  {:<24} {}\n", info.classes[i].name, info.classes[i].samples);
    }
    return text + (info.classes.size() > kMostRows ? "  ...\n" : "");
}

std::string describe(const DatasetInfo& info)
{
    std::string text = fmt::format(
        "{}\nFormat:       {}, {}\nTask:         {}{}\nSamples:      {}\n", info.path, info.format,
        dataKindName(info.kind), taskName(info.task), info.target.empty() ? ", no target" : fmt::format(", target \"{}\"", info.target), info.samples);
    if (info.kind == DataKind::Image) {
        text += fmt::format(
            "Images:       {} x {} x {} (channels, height, width){}\n", info.imageShape[0], info.imageShape[1],
            info.imageShape[2], info.areImagesSameSize ? "" : ", scaled to this");
    }
    text += fmt::format(
        "Split:        {} training, {} validation, {} test\n", info.givenSplit[0], info.givenSplit[1],
        info.givenSplit[2]);
    if (info.kind == DataKind::Table) {
        text += describeColumns(info);
    }
    if (info.task == Task::Classification) {
        text += describeClasses(info);
    }
    text += fmt::format("Fingerprint:  {}\n", info.fingerprint);
    for (const PrepareStep& step : info.preparation.steps) {
        text += fmt::format("Preparation:  {}{}\n", step.text(), step.isEnabled ? "" : " (off)");
    }
    if (info.leftOut > 0) {
        text += fmt::format("Left out:     {}\n", info.leftOut);
    }
    for (const Problem& problem : info.repaired) {
        text += fmt::format("Repaired:     {}\n", problem.message);
    }
    text += info.problems.empty() ? "Problems:     none\n" : fmt::format("Problems:     {}\n", info.problems.size());
    for (const Problem& problem : info.problems) {
        text += fmt::format("  {}: {}", problemSeverityName(problem.severity), problem.message);
        text += problem.advice.empty() ? "\n" : fmt::format("\n    {}\n", problem.advice);
    }
    return text;
}

/// Copies within the data, across its parts, and in another file.
Result<void> addLeakage(
    const InspectOptions& options, const Dataset& dataset, const OpenOptions& opened, const std::stop_token& stop, DatasetInfo& info)
{
    ReadingProgress progress(options.form);
    const auto tell = [&progress](double done, const std::string& what) { progress.show(done, what); };
    TY_TRY(const auto found, findNearDuplicates(dataset, tell, stop));
    const auto known = std::find_if(info.problems.begin(), info.problems.end(), [](const Problem& one) { return one.kind == "duplicates"; });
    const std::uint64_t exact = known == info.problems.end() ? 0 : known->count;
    // Copies that are all exact and lie in one part have been told.
    if (auto problem = nearDuplicateProblem(dataset, found);
        problem && (problem->count != exact || problem->severity == ProblemSeverity::Warning)) {
        info.problems.push_back(std::move(*problem));
    }
    if (options.against.empty()) {
        return {};
    }
    TY_TRY(const std::string path, locateData(options.against));
    OpenOptions likewise;
    likewise.files = opened.files;
    likewise.stop = stop;
    likewise.target = info.target;
    likewise.task = taskName(info.task);
    likewise.columns = opened.columns;
    likewise.areDuplicatesSought = false;
    likewise.like = &dataset.info();
    auto other = openDataset(path, likewise);
    if (!other) {
        return std::move(other).error().withContext("the other data");
    }
    TY_TRY(auto shared, findCopiesIn(*other.value(), dataset, tell, stop));
    if (shared) {
        info.problems.push_back(std::move(*shared));
    }
    return {};
}

Result<void> run(const InspectOptions& options)
{
    const Interruption interruption; // before any thread
    TY_TRY(OpenOptions open, openOptionsOf(options));
    open.stop = interruption.token();
    SampleFixes fixes;
    if (!options.fixes.empty()) {
        TY_TRY(fixes, parseFixes(options.fixes));
    }
    open.areValuesKept = options.isLeakageSought || !fixes.isEmpty();
    TY_TRY(const std::string path, locateData(options.path));
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    open.files = stores.get();
    std::unique_ptr<Dataset> dataset;
    {
        ReadingProgress progress(options.form);
        open.progress = [&progress](double done, const std::string& what) { progress.show(done, what); };
        TY_TRY(dataset, openDataset(path, open));
        TY_TRY(dataset, fixSamples(std::move(dataset), fixes, Vanished::Tell));
    }
    DatasetInfo info = dataset->info();
    if (options.isLeakageSought) {
        TY_CHECK(addLeakage(options, *dataset, open, interruption.token(), info));
    }
    return options.form == OutputForm::Json ? printJson(info.toJson()) : printText(describe(info));
}

} // namespace

int inspect(const InspectOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
