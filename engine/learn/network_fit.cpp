#include "engine/learn/network_fit.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/learn/fit_progress.h"
#include "engine/learn/model_package.h"
#include "engine/learn/network_model.h"
#include "engine/learn/start_weights.h"
#include "engine/learn/two_class_session.h"
#include "engine/train/batch_pipeline.h"
#include "engine/train/checkpoint.h"
#include "engine/train/trainer.h"

namespace ty::engine {

namespace {

Result<ResumedPlan> planOf(const std::optional<CheckpointStore::Found>& found)
{
    ResumedPlan plan;
    if (found) {
        TY_TRY(const TrainerState state, TrainerState::fromJson(found->checkpoint.state, found->name));
        plan.trainingBatch = state.batchSize;
        plan.evaluationBatch = state.evaluationBatch;
        plan.threads = static_cast<int>(state.threads);
    }
    return plan;
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
        {"memoryBytes", session.memoryBytes() + session.checkpointBytes()},
        {"settings", plan.settings},
        {"network", network}};
}

Result<void> startFromWeights(const FitRequest& request, const PreparedFit& fit, FitSink& sink)
{
    TY_TRY(
        const StartedWeights started, startWithWeights(request.spec->start, request.folder, fit.encoder, *fit.session));
    TY_CHECK(sink.emitEvent("note", {{"text", started.text}}));
    if (started.doubt.empty()) {
        return {};
    }
    return sink.emitEvent(
        "warning",
        {{"text", started.doubt}, {"advice", "They begin in the same places all the same, and learn anew what differs."}});
}

/// Makes steps with the first samples for about a second. Gives the seconds of one, the first one left out.
Result<double> measureStep(const PreparedFit& fit)
{
    constexpr double kSeconds = 1;
    constexpr int kMostSteps = 20;
    const std::size_t batch = fit.plan.options.batchSize;
    const SampleSource& samples = *fit.training;
    std::vector<float> inputs(batch * samples.inputSize());
    std::vector<float> targets(batch * samples.targetSize());
    for (std::size_t i = 0; i < batch; ++i) {
        const auto input = std::span(inputs).subspan(i * samples.inputSize(), samples.inputSize());
        const auto target = std::span(targets).subspan(i * samples.targetSize(), samples.targetSize());
        TY_CHECK(samples.readInput(i % samples.size(), input));
        TY_CHECK(samples.readTarget(i % samples.size(), input, target));
    }
    TY_CHECK(fit.session->step(inputs, targets, 1e-6)); // compiles
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    double seconds = 0;
    int steps = 0;
    while (steps == 0 || (steps < kMostSteps && seconds < kSeconds)) {
        TY_CHECK(fit.session->step(inputs, targets, 1e-6));
        ++steps;
        seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    }
    return seconds / steps;
}

} // namespace

Result<FitOutcome> fitNetwork(
    const FitRequest& request, const std::string& learner, const NetworkMaker& makeNetwork, FitSink& sink, FitControl& control)
{
    TY_TRY(auto found, findCheckpoint(request, sink));
    TY_TRY(const ResumedPlan earlier, planOf(found));
    TY_TRY(const auto fit, prepareFit(request, makeNetwork, earlier));
    TrainingSession& session = *fit->session;
    for (std::size_t i = 0; i < fit->made.changes.size() && !found; ++i) {
        TY_CHECK(sink.emitEvent("note", {{"text", fit->made.changes[i]}}));
    }
    Trainer trainer(
        session, *fit->training, fit->validation->size() > 0 ? fit->validation.get() : nullptr, fit->plan.options,
        request.folder, sink, control);
    TY_CHECK(sink.emitEvent("plan", planEvent(learner, fit->plan, session, trainer.stepsPerEpoch())));
    if (found) {
        if (auto resumed = trainer.resume(*found); !resumed) {
            return std::move(resumed).error().withContext("cannot resume from " + found->name);
        }
        found.reset(); // as much memory as the next checkpoint wants
    } else if (!request.spec->start.from.empty()) {
        TY_CHECK(startFromWeights(request, *fit, sink));
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
            fit->backend->description(),
            request.training->info().fingerprint,
            request.spec->seed,
            fit->plan.settings};
        if (hasSingleOutput(fit->plan.setup.loss)) {
            TY_TRY(fit->session, makeTwoClassSession(*fit->backend, *fit->session));
        }
        Json card = makeModelCard(origin, fit->encoder);
        if (!request.spec->start.pixels.empty()) {
            card["givenAs"] = request.spec->start.pixels; // what begins with this model is given the same
        }
        outcome.model = std::make_unique<NetworkModel>(
            fit->encoder, std::move(card), std::move(fit->backend), std::move(fit->session));
    }
    return outcome;
}

Result<Json> describeNetwork(const FitRequest& request, const std::string& learner, const NetworkMaker& makeNetwork)
{
    TY_TRY(const auto fit, prepareFit(request, makeNetwork, {}));
    TY_TRY(const double secondsPerStep, measureStep(*fit));
    const TrainerOptions& options = fit->plan.options;
    const BatchPlan batches{
        fit->training->size(), std::min(options.batchSize, fit->training->size()), options.repeats, options.seed,
        options.isInOrder};
    const std::int64_t steps = batches.stepsPerEpoch();
    Json description = planEvent(learner, fit->plan, *fit->session, steps);
    description["changes"] = fit->made.changes;
    description["trainingSamples"] = fit->training->size();
    description["secondsPerStep"] = secondsPerStep;
    description["secondsPerEpoch"] = secondsPerStep * static_cast<double>(steps);
    description["device"] = fit->backend->description();
    return description;
}

} // namespace ty::engine
