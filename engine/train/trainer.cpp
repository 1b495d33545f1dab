#include "engine/train/trainer.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "engine/train/evaluation_batches.h"
#include "engine/base/parallel_ranges.h"

namespace ty::engine {

namespace {

constexpr double kStepEventSeconds = 0.05; // about 20 a second
constexpr std::int64_t kFewestStepEvents = 100; // of a run that is over sooner, if it has as many steps
constexpr double kSystemEventSeconds = 1.0;

double steadySeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

Trainer::Trainer(
    TrainingSession& session,
    const SampleSource& training,
    const SampleSource* validation,
    TrainerOptions options,
    const RunFolder& folder,
    FitSink& sink,
    FitControl& control)
    : m_session(session)
    , m_training(training)
    , m_validation(validation)
    , m_options(std::move(options))
    , m_sink(sink)
    , m_control(control)
    , m_store(folder.checkpointFolder())
    , m_plan{training.size(), std::min(m_options.batchSize, training.size()), m_options.repeats, m_options.seed, m_options.isInOrder}
    , m_trainingScale(MetricScale::of(m_options.task, m_options.targetDeviation, training))
    , m_learningRate(m_options.schedule)
{
    assert(training.size() > 0);
    if (!m_options.clock) {
        m_options.clock = steadySeconds;
    }
    if (m_validation != nullptr) {
        m_validationScale = MetricScale::of(m_options.task, m_options.targetDeviation, *m_validation);
    }
    rememberPlan();
    m_state.epochs = m_state.specEpochs = m_options.epochs;
    m_state.patience = m_state.specPatience = m_options.patience;
}

void Trainer::rememberPlan()
{
    m_state.batchSize = static_cast<std::int64_t>(m_plan.batchSize);
    m_state.evaluationBatch = static_cast<std::int64_t>(m_options.evaluationBatch);
    m_state.threads = m_options.threads;
}

Result<void> Trainer::resume(const CheckpointStore::Found& from)
{
    TY_TRY(m_state, TrainerState::fromJson(from.checkpoint.state, from.name));
    rememberPlan();
    TY_CHECK(m_learningRate.restore(m_state.learningRate));
    TY_CHECK(m_session.setParameters(from.checkpoint.parameters));
    TY_CHECK(m_session.setOptimizerState(from.checkpoint.optimizer, m_state.optimizerCounters));
    if (m_state.specEpochs != m_options.epochs || m_state.specPatience != m_options.patience) {
        // The run was extended after it was described: the new plan counts, and the counting starts afresh.
        m_state.epochs = m_state.specEpochs = m_options.epochs;
        m_state.patience = m_state.specPatience = m_options.patience;
        m_state.stopping.epochsWithoutGain = 0;
        if (m_state.epoch < m_state.epochs) {
            m_state.outcome.clear();
        }
    }
    m_lastCheckpoint = m_state.seconds;
    m_lastCheckpointStep = m_state.step;
    return {};
}

std::int64_t Trainer::totalSteps() const
{
    return m_plan.stepsPerEpoch() * m_state.epochs;
}

void Trainer::updateClock()
{
    const double now = m_options.clock();
    m_state.seconds += now - m_clockRead;
    m_state.epochSeconds += now - m_clockRead;
    m_clockRead = now;
}

bool Trainer::isBudgetSpent() const
{
    return m_options.budgetSeconds && m_state.seconds >= *m_options.budgetSeconds;
}

Result<TrainerOutcome> Trainer::run()
{
    m_clockRead = m_options.clock();
    m_stepsAtEvent = m_state.step;
    if (m_state.outcome.empty()) {
        m_pipeline = std::make_unique<BatchPipeline>(
            m_training, m_plan, m_options.augmentation, m_options.imageShape, m_options.workers, m_options.mixup);
        m_pipeline->begin(m_state.epoch, m_state.stepInEpoch);
    }
    if (auto trained = trainEpochs(); !trained) {
        static_cast<void>(writeWaitingBest()); // the error that ended it is the one to tell
        return std::move(trained).error();
    }
    m_pipeline.reset();
    TrainerOutcome outcome;
    outcome.outcome = m_wish == Wish::Stop ? "stopped" : m_state.outcome;
    outcome.epochs = m_state.epoch;
    outcome.bestEpoch = m_state.stopping.bestEpoch;
    outcome.seconds = m_state.seconds;
    outcome.history = m_state.history;
    TY_CHECK(restoreBest());
    return outcome;
}

Result<void> Trainer::trainEpochs()
{
    while (m_state.outcome.empty()) {
        TY_CHECK(trainEpoch());
        if (m_wish == Wish::Stop) {
            break;
        }
        auto ended = endEpoch();
        if (!ended && m_state.outcome.empty()) {
            TY_CHECK(takeStop(ended.error()));
            TY_CHECK(writeCheckpoint("stop", false));
            break;
        }
        TY_CHECK(ended);
    }
    return {};
}

/// Steps until the epoch is done, or the person or the budget ends it.
Result<void> Trainer::trainEpoch()
{
    while (m_state.stepInEpoch < m_plan.stepsPerEpoch()) {
        TY_CHECK(takeCommands());
        if (m_wish == Wish::Stop) {
            return writeCheckpoint("stop", false);
        }
        if (isBudgetSpent() && m_state.stepInEpoch > 0) {
            m_wish = Wish::Finish;
            return m_sink.emitEvent("note", {{"text", "the time budget is spent; the training finishes now"}});
        }
        if (const auto done = trainStep(); !done) {
            TY_CHECK(takeStop(done.error()));
            continue;
        }
        if (m_state.seconds - m_lastCheckpoint >= m_options.checkpointSeconds
            && m_state.stepInEpoch < m_plan.stepsPerEpoch()) {
            TY_CHECK(writeCheckpoint("interval", false));
        }
    }
    return {};
}

/// Data that are waited for can be given up when the person wants the end; any other error stays one.
Result<void> Trainer::takeStop(const Error& error)
{
    if (error.kind != ErrorKind::Cancelled) {
        return error;
    }
    TY_CHECK(takeCommands());
    return m_wish == Wish::Stop ? Result<void>() : Result<void>(error);
}

Result<void> Trainer::trainStep()
{
    TY_TRY(const Batch* batch, m_pipeline->next());
    const double rate = m_learningRate.at(m_state.step, totalSteps());
    const double before = m_options.clock();
    TY_TRY(const StepResult result, m_session.step(batch->inputs, batch->targets, rate));
    const double stepSeconds = m_options.clock() - before;
    if (m_lastStepEvent < 0) {
        TY_CHECK(checkRoomForCheckpoint()); // now that a step has what it needs
    }
    m_computeSeconds += stepSeconds;
    m_epochCompute.seconds += stepSeconds;
    ++m_epochCompute.steps;
    ++m_state.step;
    TY_CHECK(checkLoss(result.loss, "the loss"));
    ++m_state.stepInEpoch;
    const std::size_t samples = m_plan.batchSize;
    m_state.totals.add(result, samples);
    m_state.waitSeconds += m_pipeline->takeWaitSeconds();
    updateClock();
    TY_CHECK(emitStep(result, rate, stepSeconds));
    TY_CHECK(emitSystem());
    return emitFloor(stepSeconds, samples);
}

Result<void> Trainer::checkLoss(double loss, const char* part) const
{
    if (std::isfinite(loss)) {
        return {};
    }
    const double rate = m_learningRate.at(std::max<std::int64_t>(0, m_state.step - 1), totalSteps());
    const std::int64_t waiting = m_waitingBest ? m_waitingBest->state.value("step", std::int64_t{-1}) : -1;
    const std::int64_t good = std::max(m_lastCheckpointStep, waiting);
    const std::string kept = good >= 0 ? fmt::format(" The last good checkpoint (step {}) is kept.", good) : std::string();
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{} became {} at step {}", part, std::isnan(loss) ? "NaN" : "infinite", m_state.step),
        fmt::format(
            "Usual causes: the learning rate is too high, or the data holds extreme values. Train again with a "
            "learning rate of {:.2g}, a tenth of this one.{}",
            rate / 10,
            kept)};
}

Result<void> Trainer::emitStep(const StepResult& result, double rate, double stepSeconds)
{
    const double sinceLast = m_clockRead - m_lastStepEvent;
    const bool isShare = (m_state.step - m_stepsAtEvent) * kFewestStepEvents >= totalSteps();
    if (m_lastStepEvent >= 0 && sinceLast < kStepEventSeconds && !isShare) {
        return {};
    }
    const auto batch = static_cast<double>(m_plan.batchSize);
    const double values = batch * m_trainingScale.valuesPerSample;
    const auto stepsSince = static_cast<double>(m_state.step - m_stepsAtEvent);
    const double elapsed = m_lastStepEvent >= 0 ? sinceLast : stepSeconds;
    Json metrics = Json::object();
    if (m_options.task == Task::Classification || m_options.task == Task::NextWord) {
        metrics["accuracy"] = static_cast<double>(result.correct) / values;
    } else {
        metrics["mae"] = result.absoluteErrorSum / values * m_options.targetDeviation;
    }
    // Of all steps since the last word: a single one says little where thousands are made between two words.
    const double meanSeconds = m_computeSeconds / std::max(1.0, stepsSince);
    m_computeSeconds = 0;
    const double epoch = m_state.epoch
        + static_cast<double>(m_state.stepInEpoch) / static_cast<double>(m_plan.stepsPerEpoch());
    m_lastStepEvent = m_clockRead;
    m_stepsAtEvent = m_state.step;
    return m_sink.emitEvent(
        "step",
        {{"step", m_state.step},
         {"epoch", epoch},
         {"loss", result.loss},
         {"learningRate", rate},
         {"metrics", metrics},
         {"samplesPerSecond", elapsed > 0 ? stepsSince * batch / elapsed : 0},
         {"stepSeconds", meanSeconds}});
}

Result<void> Trainer::emitSystem()
{
    if (m_lastSystemEvent < 0) {
        m_lastSystemEvent = m_clockRead; // a first value needs a second of its own to be a mean of anything
        return {};
    }
    if (m_clockRead - m_lastSystemEvent < kSystemEventSeconds) {
        return {};
    }
    m_lastSystemEvent = m_clockRead;
    return m_sink.emitEvent(
        "system",
        {{"cpuPercent", m_usage.takeCpuPercent()},
         {"residentBytes", m_usage.residentBytes()},
         {"dataWaitFraction", m_state.epochSeconds > 0 ? std::min(1.0, m_state.waitSeconds / m_state.epochSeconds) : 0}});
}

Result<std::optional<TrainingTotals>> Trainer::validate()
{
    if (m_validation == nullptr || m_validation->size() == 0) {
        return std::optional<TrainingTotals>{};
    }
    TrainingTotals totals;
    const auto batches = evaluationBatches(m_validation->size(), m_options.evaluationBatch, m_options.isInOrder);
    std::vector<std::uint32_t> all(m_validation->size());
    std::iota(all.begin(), all.end(), 0U);
    m_validation->expect(all);
    for (std::size_t index = 0; index < batches.count; ++index) {
        const std::vector<std::uint32_t> positions = batches.at(index);
        TY_TRY(const StepResult result, evaluate(positions));
        totals.add(result, positions.size());
    }
    TY_CHECK(checkLoss(totals.loss(), "the validation loss"));
    return std::optional<TrainingTotals>{totals};
}

Result<StepResult> Trainer::evaluate(std::span<const std::uint32_t> positions)
{
    const std::size_t width = m_validation->inputSize();
    const std::size_t targetWidth = m_validation->targetSize();
    m_inputs.resize(positions.size() * width);
    m_targets.resize(positions.size() * targetWidth);
    const auto readPart = [&](std::size_t from, std::size_t to) -> Result<void> {
        for (std::size_t i = from; i < to; ++i) {
            const auto input = std::span(m_inputs).subspan(i * width, width);
            TY_CHECK(m_validation->readInput(positions[i], input));
            TY_CHECK(m_validation->readTarget(
                positions[i], input, std::span(m_targets).subspan(i * targetWidth, targetWidth)));
        }
        return {};
    };
    TY_CHECK(parallelRanges(positions.size(), m_options.workers, readPart));
    return m_session.evaluate(m_inputs, m_targets);
}

Result<void> Trainer::endEpoch()
{
    const double trainingSeconds = m_state.epochSeconds;
    m_session.resetCarriedState(); // validation, and then the next epoch, begin with new sequences
    TY_TRY(const std::optional<TrainingTotals> validation, validate());
    updateClock();
    ++m_state.epoch;
    // Without validation data nothing says that a later epoch is worse.
    const bool isBest = m_state.stopping.take(
        validation ? validation->loss() : -static_cast<double>(m_state.epoch), m_state.epoch);
    const double samples = static_cast<double>(m_state.totals.samples);
    Json fields{
        {"epoch", m_state.epoch},
        {"step", m_state.step},
        {"seconds", m_state.seconds},
        {"epochSeconds", m_state.epochSeconds},
        {"training", m_state.totals.metrics(m_trainingScale)},
        {"validation", validation ? validation->metrics(m_validationScale) : Json(nullptr)},
        {"learningRate", m_learningRate.at(std::max<std::int64_t>(0, m_state.step - 1), totalSteps())},
        {"isBest", isBest},
        {"bestEpoch", m_state.stopping.bestEpoch},
        {"etaSeconds", 0},
        {"samplesPerSecond", trainingSeconds > 0 ? samples / trainingSeconds : 0},
        {"stepSeconds", m_epochCompute.steps > 0 ? m_epochCompute.seconds / static_cast<double>(m_epochCompute.steps) : 0},
        {"dataWaitFraction", trainingSeconds > 0 ? std::min(1.0, m_state.waitSeconds / trainingSeconds) : 0}};
    m_state.history.push_back(fields);
    if (validation) {
        m_learningRate.observe(validation->loss());
    }
    if (m_wish == Wish::Finish) {
        m_state.outcome = "finished-now";
    } else if (validation && m_state.stopping.isOver(m_state.patience)) {
        m_state.outcome = "early-stop";
    } else if (m_state.epoch >= m_state.epochs) {
        m_state.outcome = "completed";
    } else if (isBudgetSpent()) {
        m_state.outcome = "finished-now";
        TY_CHECK(m_sink.emitEvent("note", {{"text", "the time budget is spent; the training finishes now"}}));
    }
    fields["etaSeconds"] = m_state.outcome.empty() ? m_state.etaSeconds() : 0;
    m_state.history.back() = fields;
    m_state.totals = {};
    m_state.stepInEpoch = 0;
    m_state.epochSeconds = 0;
    m_state.waitSeconds = 0;
    m_epochCompute = {};
    // First the checkpoint, then the word: an epoch that was reported can be resumed from, unless many end at once.
    TY_CHECK(keepEpoch(isBest));
    return m_sink.emitEvent("epoch", fields);
}

} // namespace ty::engine
