#include "engine/learn/network_fit.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <thread>
#include <vector>

#include "engine/learn/device.h"
#include "engine/learn/fit_plan.h"
#include "engine/learn/model_package.h"
#include "engine/learn/network_model.h"
#include "engine/learn/start_weights.h"
#include "engine/train/checkpoint.h"
#include "engine/train/sample_source.h"
#include "engine/train/trainer.h"

namespace ty::engine {

namespace {

/// Samples of a validation file that have a target.
std::vector<std::uint32_t> labelledSamples(const Dataset& dataset, Task task)
{
    std::vector<std::uint32_t> samples;
    for (std::uint64_t i = 0; i < dataset.size(); ++i) {
        const double value = task == Task::Regression ? dataset.targetOf(i) : 0;
        if (task == Task::Classification ? dataset.classOf(i) >= 0 : value == value) {
            samples.push_back(static_cast<std::uint32_t>(i));
        }
    }
    return samples;
}

std::vector<std::uint64_t> countClasses(const SampleSource& samples, std::size_t classes)
{
    std::vector<std::uint64_t> counts(classes);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        ++counts[static_cast<std::size_t>(samples.target(i))];
    }
    return counts;
}

Result<std::optional<CheckpointStore::Found>> findCheckpoint(const FitRequest& request, FitSink& sink)
{
    std::optional<CheckpointStore::Found> found;
    if (!request.isResuming) {
        return found;
    }
    found = CheckpointStore(request.folder.checkpointFolder()).newest();
    if (found) {
        for (const std::string& reason : found->skipped) {
            TY_CHECK(sink.emitEvent(
                "warning", {{"text", "a checkpoint was skipped: " + reason}, {"advice", "The one before it is used."}}));
        }
    }
    return found;
}

Json planEvent(
    const std::string& learner, const FitPlan& plan, const TrainingSession& session, std::int64_t stepsPerEpoch)
{
    Json network = session.model().toJson();
    network["summary"] = session.summary().toJson();
    return {
        {"learner", learner},
        {"epochs", plan.options.epochs},
        {"stepsPerEpoch", stepsPerEpoch},
        {"batchSize", plan.options.batchSize},
        {"parameters", session.summary().parameters},
        {"memoryBytes", session.memoryBytes()},
        {"settings", plan.settings},
        {"network", network}};
}

/// Puts the weights that the run begins with into the session.
Result<void> startFromWeights(const FitRequest& request, TrainingSession& session, FitSink& sink)
{
    const StartSpec& start = request.spec->start;
    TY_TRY(const std::string file, findStartFile(start, request.folder));
    TY_TRY(const auto weights, readStartWeights(file));
    if (auto set = session.setParameters(weights); !set) {
        Error error = std::move(set).error().withContext("cannot begin with the weights of " + file);
        error.advice = "They belong to another network: keep the data's columns and classes and the network's settings "
                       "as they were, or train from the beginning.";
        return error;
    }
    const std::string origin = start.run.empty() ? file : start.run;
    return sink.emitEvent(
        "note",
        {{"text", start.epoch > 0 ? "begins with the weights of " + origin + " after epoch " + std::to_string(start.epoch)
                                  : "begins with the weights of " + origin}});
}

} // namespace

Result<FitOutcome> fitNetwork(
    const FitRequest& request, const std::string& learner, const NetworkMaker& makeNetwork, FitSink& sink, FitControl& control)
{
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training));
    const bool isClassifier = encoder.task() == Task::Classification;
    const auto outputs = static_cast<std::int64_t>(isClassifier ? encoder.classes().size() : 1);
    TY_TRY(const ModelDescription network, makeNetwork(encoder, outputs, request.split.training.size()));
    TY_TRY(const ModelSummary summary, summarise(network));
    if (network.input != encoder.inputShape() || elementCount(summary.outputShape) != outputs) {
        return Error{
            ErrorKind::InvalidInput,
            "the network takes " + toString(network.input) + " and gives " + toString(summary.outputShape)
                + ", but the data is " + toString(encoder.inputShape()) + " with " + std::to_string(outputs) + " outputs",
            "Change the network's input and last layer."};
    }

    const EncodedSamples training(*request.training, encoder, request.split.training);
    const bool hasOwnFile = request.validation != nullptr;
    const EncodedSamples validation(
        hasOwnFile ? *request.validation : *request.training,
        encoder,
        hasOwnFile ? labelledSamples(*request.validation, encoder.task()) : request.split.validation);

    FitFacts facts;
    facts.task = encoder.task();
    facts.kind = encoder.kind();
    facts.trainingSamples = training.size();
    facts.activationBytes = summary.activationBytes;
    facts.isLinear = network.layers.size() == 1;
    facts.hasValidation = validation.size() > 0;
    facts.threads = request.threads > 0 ? request.threads : static_cast<int>(std::thread::hardware_concurrency());
    if (isClassifier) {
        facts.classSamples = countClasses(training, encoder.classes().size());
    }
    TY_TRY(FitPlan plan, planFit(request.settings, facts));
    plan.options.targetDeviation = isClassifier ? 1 : encoder.targetDeviation();
    plan.options.imageShape = encoder.kind() == DataKind::Image ? encoder.inputShape() : Shape{};
    plan.options.seed = request.spec->seed;
    if (request.spec->budgetMinutes) {
        plan.options.budgetSeconds = *request.spec->budgetMinutes * 60;
    }

    const double flopsPerStep = 3 * summary.flops * static_cast<double>(plan.options.batchSize);
    TY_TRY(auto backend, makeBackend(request.device, chooseThreads(request.threads, flopsPerStep)));
    TY_TRY(auto session, backend->createSession(network, plan.setup, request.spec->seed));
    Trainer trainer(
        *session, training, validation.size() > 0 ? &validation : nullptr, plan.options, request.folder, sink, control);
    TY_CHECK(sink.emitEvent("plan", planEvent(learner, plan, *session, trainer.stepsPerEpoch())));
    TY_TRY(const auto found, findCheckpoint(request, sink));
    if (found) {
        if (auto resumed = trainer.resume(*found); !resumed) {
            return std::move(resumed).error().withContext("cannot resume from " + found->name);
        }
    } else if (!request.spec->start.from.empty()) {
        TY_CHECK(startFromWeights(request, *session, sink));
    }
    TY_TRY(const TrainerOutcome trained, trainer.run());

    FitOutcome outcome;
    outcome.outcome = trained.outcome;
    outcome.epochs = trained.epochs;
    outcome.bestEpoch = trained.bestEpoch;
    outcome.seconds = trained.seconds;
    if (trained.bestEpoch > 0) {
        const ModelOrigin origin{
            learner,
            request.spec->name,
            backend->description(),
            request.training->info().fingerprint,
            request.spec->seed,
            plan.settings};
        outcome.model = std::make_unique<NetworkModel>(
            encoder, makeModelCard(origin, encoder), std::move(backend), std::move(session));
    }
    return outcome;
}

} // namespace ty::engine
