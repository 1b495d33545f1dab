#include "engine/learn/svm_learner.h"

#include <chrono>
#include <future>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/memory_guard.h"
#include "engine/kernels/support_vectors.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/model_package.h"
#include "engine/learn/parameter_rows.h"
#include "engine/learn/stage_metrics.h"
#include "engine/learn/svm_model.h"
#include "engine/learn/svm_state.h"

namespace ty::engine {

namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(50);

ParameterTable makeSvmTable()
{
    constexpr const char* kMachine = "Machine";
    constexpr const char* kComputing = "Computation";
    std::vector<Parameter> rows;
    rows.push_back(choice(
        "kernel", "Kernel", {"rbf", "linear"}, "rbf", kMachine,
        "How alike two samples are: rbf (by distance, bends around anything) or linear (a straight border)."));
    rows.push_back(searched(
        ranged(makeRow("cost", "Cost", ParameterType::Real, 1.0, kMachine, "What an error costs (C): higher follows the samples closer."), 1e-6, 1e6),
        0.01, 1000, true));
    rows.push_back(searched(
        ranged(
            makeRow("gamma", "Gamma", ParameterType::Real, nullptr, kMachine,
                    "How narrow the rbf kernel is; automatic: one by the number of inputs."),
            1e-9, 1e6),
        1e-4, 10, true));
    rows.push_back(ranged(
        makeRow("epsilon", "Epsilon", ParameterType::Real, 0.1, kMachine,
                "Of values: errors up to so many standard deviations of the target do not count."),
        0, 100));
    rows.push_back(advanced(ranged(
        makeRow("tolerance", "Tolerance", ParameterType::Real, 0.001, kComputing, "Gap to the best solution at which it is good enough."),
        1e-9, 1)));
    rows.push_back(advanced(choice(
        "border", "Border", {"fitted", "machine"}, "fitted", kMachine,
        "Where one class becomes likelier than the other: fitted (as frequencies say, better probabilities) or machine (where the "
        "machine itself draws it, as libsvm's labels).")));
    Parameter cache = advanced(ranged(
        makeRow("cacheSize", "Kernel cache", ParameterType::Integer, 128, kComputing, "Memory for kernel rows that are needed again."), 16,
        1'000'000));
    cache.unit = "MiB";
    rows.push_back(cache);
    rows.push_back(advanced(makeRow(
        "shrinking", "Shrinking", ParameterType::Boolean, true, kComputing, "Leave out samples that are settled while solving.")));
    rows.push_back(checkpointRow(kComputing));
    return ParameterTable(std::move(rows));
}

Result<SvmSettings> settingsOf(const Json& settings, std::size_t inputs, std::uint64_t seed)
{
    SvmSettings made;
    made.seed = seed;
    TY_TRY(const auto kernel, jsonField<std::string>(settings, "kernel", "settings"));
    made.kernel.kind = kernel == "linear" ? KernelKind::Linear : KernelKind::Rbf;
    const Json gamma = settings.value("gamma", Json());
    made.kernel.gamma = gamma.is_number() ? gamma.get<double>() : 1.0 / static_cast<double>(inputs);
    TY_TRY(made.cost, jsonField<double>(settings, "cost", "settings"));
    TY_TRY(made.epsilon, jsonField<double>(settings, "epsilon", "settings"));
    TY_TRY(made.tolerance, jsonField<double>(settings, "tolerance", "settings"));
    TY_TRY(const int cache, jsonField<int>(settings, "cacheSize", "settings"));
    made.cacheBytes = static_cast<std::size_t>(cache) << 20;
    TY_TRY(const auto border, jsonField<std::string>(settings, "border", "settings"));
    made.isBorderFitted = border == "fitted";
    TY_TRY(made.isShrinking, jsonField<bool>(settings, "shrinking", "settings"));
    return made;
}

/// {loss, ...} of the part; null without samples.
Result<Json> metricsOf(const SupportVectors& svm, const Encoder& encoder, const LabelledPart& part, int threads)
{
    if (part.samples.empty()) {
        return Json();
    }
    TY_TRY(const DenseRows rows, readEncoded(*part.dataset, encoder, part.samples, threads));
    return stageMetrics(encoder, svm.answers(rows, threads), readTargets(*part.dataset, encoder, part.samples));
}

/// Fits on other threads until all is done, a command waits or a checkpoint is due, and tells how far it is. Result: whether all is.
Result<bool> fitAWhile(SupportVectorFit& fit, SvmProgress& state, std::int64_t stepsBefore, FitProgress& progress)
{
    state.isStopWished = false;
    auto fitting = std::async(
        std::launch::async, [&] { return guardMemory("the support vectors", [&]() -> Result<bool> { return fit.run(); }); });
    Result<void> telling;
    std::int64_t told = state.steps;
    while (fitting.wait_for(kBetweenLooks) != std::future_status::ready) {
        if (progress.isAnythingWaiting() || progress.isCheckpointDue() || progress.isBudgetSpent() || !telling) {
            state.isStopWished = true;
        } else if (state.steps > told) {
            told = state.steps;
            telling = progress.emitStep(stepsBefore + told, state.fitsDone, "gap", state.gap);
        }
    }
    TY_TRY(const bool isFitted, fitting.get());
    TY_CHECK(std::move(telling));
    return isFitted;
}

} // namespace

SvmLearner::SvmLearner() : m_table(makeSvmTable()) {}

std::string SvmLearner::help() const
{
    return "Borders that keep away from the samples of both sides: strong up to some ten thousand samples, slow beyond.";
}

Result<DataNeeds> SvmLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> SvmLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    const int threads = fitThreads(request.threads);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    TY_TRY(const SvmSettings settings, settingsOf(request.settings, encoder.inputSize(), request.spec->seed));
    const LabelledPart training = trainingPart(request, encoder.task());
    const LabelledPart validation = validationPart(request, encoder.task());
    const int classes = encoder.task() == Task::Classification ? static_cast<int>(encoder.classes().size()) : 0;
    const int machines = classes == 0 ? 1 : classes * (classes - 1) / 2 * 6; // and five folds each
    TY_CHECK(progress.emitPlan(machines, "machines", training.samples.size() * encoder.inputSize() * 4 + settings.cacheBytes));
    TY_TRY(const DenseRows rows, readEncoded(*training.dataset, encoder, training.samples, threads));
    const std::vector<float> targets = readTargets(*training.dataset, encoder, training.samples);

    SvmProgress state;
    SupportVectorFit fit(rows, targets, classes, settings, threads, state);
    std::int64_t stepsBefore = 0;
    TY_TRY(const auto resumed, progress.resumedState());
    if (resumed) {
        TY_TRY(const SvmState before, svmStateOf(*resumed));
        TY_CHECK(fit.restore(before));
        stepsBefore = resumed->step;
    }
    progress.keepCheckpoints([&] { return stateOf(fit.state(), stepsBefore + state.steps); });
    bool isFitted = false;
    for (bool goesOn = true; goesOn && !isFitted;) {
        TY_TRY(isFitted, fitAWhile(fit, state, stepsBefore, progress));
        TY_TRY(goesOn, progress.mayGoOn());
    }
    SupportVectors svm = fit.take();
    FitOutcome outcome;
    outcome.outcome = progress.outcome();
    if (isFitted) { // who ends it earlier waits; the evaluation of the parts follows anyway
        TY_TRY(const Json ofValidation, metricsOf(svm, encoder, validation, threads));
        TY_CHECK(progress.emitStage(state.fitsDone, Json(), ofValidation));
    } else if (outcome.outcome == "finished-now") {
        TY_CHECK(progress.note(fmt::format(
            "{} of {} machines were solved to the end; probabilities rest on those of their folds that were", state.fitsDone.load(),
            state.fits.load())));
    }
    outcome.epochs = state.fitsDone;
    outcome.bestEpoch = outcome.epochs;
    outcome.seconds = progress.seconds();
    const ModelOrigin origin{
        name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings};
    const Json card = makeModelCard(origin, encoder);
    outcome.model = std::make_unique<SvmModel>(std::move(encoder), card, std::move(svm));
    return outcome;
}

} // namespace ty::engine
