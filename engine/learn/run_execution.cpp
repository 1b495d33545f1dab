#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/files.h"
#include "engine/base/memory_guard.h"
#include "engine/learn/baseline_scores.h"
#include "engine/learn/chosen_learner.h"
#include "engine/learn/evaluation.h"
#include "engine/learn/learner.h"
#include "engine/learn/model_package.h"
#include "engine/learn/run_data.h"
#include "engine/learn/run_folder_guard.h"
#include "engine/learn/run_inputs.h"
#include "engine/train/checkpoint.h"

namespace ty::engine {

namespace {

std::string hostName()
{
    char name[256] = {};
    return gethostname(name, sizeof(name) - 1) == 0 ? name : "";
}

Result<void> emitStarted(const RunRequest& request, const RunSpec& spec, FitSink& sink)
{
    const int threads = request.threads > 0 ? request.threads : static_cast<int>(std::thread::hardware_concurrency());
    Json fields{
        {"run", std::filesystem::path(request.folder.root).filename().string()},
        {"name", spec.name},
        {"seed", spec.seed},
        {"device", spec.device},
        {"threads", threads},
        {"pid", getpid()},
        {"version", TRAINYARD_VERSION},
        {"host", hostName()}};
    if (request.isResuming) {
        TY_TRY(const auto found, CheckpointStore(request.folder.checkpointFolder()).newest());
        if (found) {
            fields["resumedFrom"] = found->checkpoint.state.value("step", std::int64_t{0});
        }
    }
    return sink.emitEvent("started", fields);
}

/// Evaluates one part with the model and writes evaluation/<part>.json and <part>_samples.csv. Result: the report.
Result<Json> evaluatePart(
    Model& model, const DataPart& part, const RunFolder& folder, const std::string& name, const Json& baseline)
{
    auto evaluation = evaluateInDetail(model, *part.dataset, part.samples, baseline);
    if (!evaluation) {
        return std::move(evaluation).error().withContext("evaluating the " + name + " part");
    }
    Json report = evaluation.value().report;
    report["part"] = name;
    report["data"] = part.dataset->info().path;
    TY_CHECK(makeFolders(folder.evaluationFolder()));
    TY_CHECK(writeFileAtomically(
        folder.evaluationFolder() + "/" + name + "_samples.csv", evaluation.value().samplesCsv));
    TY_CHECK(writeJsonFile(folder.evaluationFolder() + "/" + name + ".json", report));
    return report;
}

Result<Json> saveAndEvaluate(FitOutcome& fitted, const RunData& data, const RunFolder& folder)
{
    Json metrics{{"validation", nullptr}, {"test", nullptr}, {"baseline", {{"validation", nullptr}, {"test", nullptr}}}};
    if (!fitted.model) {
        return metrics;
    }
    TY_CHECK(fitted.model->save(folder.modelFolder()));
    if (fitted.outcome == "stopped") {
        return metrics; // who stops wants it to end now; the model and the checkpoints are there
    }
    if (data.task == Task::Grouping) { // who has a table grouped wants to see all of it
        TY_CHECK(evaluatePart(*fitted.model, {data.training.get(), data.split.training}, folder, "training", {}));
    }
    const Json baseline = baselineFacts(*data.training, data.task, data.split.training);
    for (const auto& [name, part] : {std::pair{"validation", data.validationPart()}, {"test", data.testPart()}}) {
        if (part) {
            TY_TRY(const Json report, evaluatePart(*fitted.model, *part, folder, name, baseline));
            metrics[name] = report.at("metrics");
            metrics["baseline"][name] = report.value("baseline", Json());
        }
    }
    TY_CHECK(addModelMetrics(folder.modelFolder(), {{"validation", metrics["validation"]}, {"test", metrics["test"]}}, baseline));
    return metrics;
}

/// Samples that the model was fitted on flatter every figure of a file that holds them too. Told after the fit, so
/// that decoding pictures does not delay its first step.
Result<void> warnOfSharedSamples(const RunData& data, FitSink& sink)
{
    for (const Dataset* other : {data.validation.get(), data.test.get()}) {
        if (other == nullptr) {
            continue;
        }
        TY_TRY(const auto problem, findSharedSamples(*data.training, *other, {}));
        if (problem) {
            TY_CHECK(sink.emitEvent("warning", {{"text", problem->message}, {"advice", problem->advice}}));
        }
    }
    return {};
}

/// Corrections whose samples are not among those that are learned from, or that the person believes to be.
Result<void> warnOfVanishedCorrections(const RunData& data, FitSink& sink)
{
    for (const Dataset* part : {data.training.get(), data.validation.get(), data.test.get()}) {
        for (const Problem& problem : part == nullptr ? std::vector<Problem>() : part->info().problems) {
            if (problem.kind == "vanished-corrections") {
                TY_CHECK(sink.emitEvent("warning", {{"text", part->info().path + ": " + problem.message}, {"advice", problem.advice}}));
            }
        }
    }
    return {};
}

/// Categories that only rows which nothing is learned from hold.
Result<void> tellUnseenCategories(const RunData& data, FitSink& sink)
{
    for (const std::string& sentence : unseenCategories(data)) {
        TY_CHECK(sink.emitEvent("note", {{"text", sentence}}));
    }
    return {};
}

/// A run's learner and data, and the request made of them.
struct OpenedRun {
    RunSpec spec;
    std::unique_ptr<Learner> learner;
    RunData data;
    FitRequest fit; ///< looks at `data` and at `spec`
};

/// @param inputsVersion  in whose way the data becomes inputs
Result<std::unique_ptr<OpenedRun>> openRun(RunSpec given, int threads, const DataFiles* files, int inputsVersion = kInputsVersion)
{
    auto run = std::make_unique<OpenedRun>();
    run->spec = std::move(given);
    RunSpec& spec = run->spec;
    TY_TRY(run->learner, findLearner(spec.learner));
    const Learner& learner = *run->learner;
    // A wrong setting is told before a large file is read.
    TY_CHECK(learner.parameters().complete(spec.settings));
    TY_TRY(DataNeeds needs, learner.dataNeeds(spec));
    asInVersion(inputsVersion, spec, needs);
    TY_TRY(run->data, RunData::open(spec.data, needs, files));
    const RunData& data = run->data;
    const DatasetInfo& info = data.training->info();
    TY_CHECK(checkInputsOf(inputsVersion, spec, info));
    if (!learner.canLearn(info.task, info.kind)) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("the learner \"{}\" cannot do {} of {} data", spec.learner, taskName(info.task), dataKindName(info.kind)),
            info.task == Task::Grouping ? "Without a target there are k-means, mixture, dbscan, hierarchical and isolation-forest." : ""};
    }
    if (!spec.start.from.empty() && !learner.canStartFromWeights()) {
        return Error{
            ErrorKind::InvalidInput,
            "the learner \"" + spec.learner + "\" cannot begin with the weights of another run", "Leave out the start."};
    }
    FitRequest& fit = run->fit;
    fit.spec = &spec;
    TY_TRY(fit.settings, completeSettings(learner, spec, info));
    fit.training = data.training.get();
    fit.validation = data.validation.get();
    fit.test = data.test.get();
    fit.split = data.split;
    fit.form = needs.form;
    fit.device = spec.device;
    fit.threads = threads;
    return run;
}

Result<Json> execute(const RunRequest& request, const RunSpec& spec, FitSink& sink, FitControl& control)
{
    TY_CHECK(emitStarted(request, spec, sink));
    const int inputsVersion = request.isResuming ? inputsVersionOf(request.folder) : kInputsVersion;
    TY_TRY(const auto run, openRun(spec, request.threads, request.files, inputsVersion));
    const RunData& data = run->data;
    FitRequest& fit = run->fit;
    Json described = data.toEvent();
    described["inputs"] = inputsVersion;
    TY_CHECK(sink.emitEvent("data", described));
    if (!request.isResuming) {
        TY_CHECK(tellUnseenCategories(data, sink));
    }
    TY_CHECK(warnOfVanishedCorrections(data, sink));
    fit.folder = request.folder;
    fit.isResuming = request.isResuming;
    TY_TRY(FitOutcome fitted, run->learner->fit(fit, sink, control));
    const auto start = std::chrono::steady_clock::now();
    TY_CHECK(warnOfSharedSamples(data, sink));
    TY_TRY(Json metrics, saveAndEvaluate(fitted, data, request.folder));
    const Json baseline = metrics.at("baseline");
    metrics.erase("baseline");
    const double finishing = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    Json finished{
        {"outcome", fitted.outcome},
        {"epochs", fitted.epochs},
        {"seconds", fitted.seconds + finishing},
        {"bestEpoch", fitted.bestEpoch},
        {"metrics", metrics},
        {"baseline", baseline},
        {"model", fitted.model ? Json("model") : Json(nullptr)}};
    TY_CHECK(sink.emitEvent("finished", finished));
    return finished;
}

/// Whether the learner reads a batch at a time; others hold all rows.
bool hasBatches(const std::string& name)
{
    const auto learner = findLearner(name);
    return learner && learner.value()->parameters().find("batchSize") != nullptr;
}

} // namespace

Result<Json> describeRun(const RunSpec& spec, int threads, const DataFiles* files)
{
    TY_CHECK(spec.validate());
    return guardMemory("this run", [&]() -> Result<Json> {
        TY_TRY(const auto run, openRun(spec, threads, files));
        return run->learner->describe(run->fit);
    });
}

Result<Json> executeRun(const RunRequest& request, FitSink& sink, FitControl& control)
{
    auto spec = claimRunFolder(request);
    auto result = spec ? guardMemory("this run", [&] { return execute(request, spec.value(), sink, control); })
                       : Result<Json>(spec.error());
    if (!result) {
        if (result.error().kind == ErrorKind::OutOfMemory && result.error().advice.empty()) {
            result = outOfMemory("this run"); // there were no words when it happened
        }
        if (result.error().kind == ErrorKind::OutOfMemory && spec && !hasBatches(spec.value().learner)) {
            Error error = std::move(result).error();
            error.advice = "Use fewer rows or columns, or close other programs.";
            result = std::move(error);
        }
        const Error& error = result.error();
        // If even this cannot be written (a full disk), the caller still has the error itself.
        (void)sink.emitEvent(
            "failed", {{"kind", errorKindName(error.kind)}, {"message", error.message}, {"advice", error.advice}});
    }
    return result;
}

} // namespace ty::engine
