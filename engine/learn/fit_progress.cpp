#include "engine/learn/fit_progress.h"

#include <algorithm>
#include <thread>

namespace ty::engine {

namespace {

constexpr double kCheckpointSeconds = 60;   ///< of a learner whose table does not say
constexpr double kCheckpointShare = 0.02;   ///< of the time, at most

} // namespace

Result<std::optional<CheckpointStore::Found>> findCheckpoint(const FitRequest& request, FitSink& sink)
{
    std::optional<CheckpointStore::Found> found;
    if (!request.isResuming) {
        return found;
    }
    const CheckpointStore store(request.folder.checkpointFolder());
    TY_TRY(found, store.newest());
    if (!found) {
        if (const auto names = store.names(); !names.empty()) {
            const auto newest = store.read(names.back());
            TY_CHECK(sink.emitEvent(
                "warning",
                {{"text",
                  "no checkpoint of this run can be read, so it begins anew: "
                      + (newest ? names.back() : newest.error().message)},
                 {"advice", "Restore the checkpoints from a copy and resume again, if there is one."}}));
        }
        return found;
    }
    for (const std::string& reason : found->skipped) {
        TY_CHECK(sink.emitEvent(
            "warning", {{"text", "a checkpoint was skipped: " + reason}, {"advice", "The one before it is used."}}));
    }
    return found;
}

FitProgress::FitProgress(const FitRequest& request, const std::string& learner, FitSink& sink, FitControl& control)
    : m_request(request)
    , m_learner(learner)
    , m_sink(sink)
    , m_control(control)
    , m_store(request.folder.checkpointFolder())
{
}

double FitProgress::seconds() const
{
    return m_secondsBefore + std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start - m_paused).count();
}

Result<void> FitProgress::emitPlan(int stages, const std::string& unit, std::uint64_t memoryBytes)
{
    m_stages = stages;
    return m_sink.emitEvent(
        "plan",
        {{"learner", m_learner},
         {"epochs", stages},
         {"unit", unit},
         {"stepsPerEpoch", 1},
         {"batchSize", m_request.split.training.size()},
         {"parameters", nullptr}, // not known before they are learned
         {"memoryBytes", memoryBytes},
         {"settings", m_request.settings},
         {"network", nullptr}});
}

Result<std::optional<FitState>> FitProgress::resumedState()
{
    TY_TRY(auto found, findCheckpoint(m_request, m_sink));
    if (!found) {
        return std::optional<FitState>{};
    }
    const Json& state = found->checkpoint.state;
    const std::string& what = found->name;
    TY_TRY(const auto learner, jsonFieldOr<std::string>(state, "learner", {}, what));
    TY_TRY(const auto fingerprint, jsonFieldOr<std::string>(state, "data", {}, what));
    if (learner != m_learner || fingerprint != m_request.training->info().fingerprint) {
        TY_CHECK(m_sink.emitEvent(
            "warning",
            {{"text", what + " was made of other data, so the training begins anew"},
             {"advice", "Put the data back as they were to go on from the checkpoint."}}));
        return std::optional<FitState>{};
    }
    TY_TRY(m_secondsBefore, jsonField<double>(state, "seconds", what));
    TY_TRY(m_stageBefore, jsonField<int>(state, "epoch", what));
    TY_TRY(m_bestStage, jsonField<int>(state, "bestStage", what));
    TY_TRY(m_bestLoss, jsonFieldOr(state, "bestLoss", 0.0, what));
    TY_TRY(const Json kept, jsonField<Json>(state, "kept", what));
    for (const Json& name : kept) {
        if (name.is_string()) {
            m_keptFiles.push_back(name.get<std::string>());
        }
    }
    m_secondsAtStage = m_secondsAtCheckpoint = m_secondsBefore;
    FitState made;
    TY_TRY(made.step, jsonField<std::int64_t>(state, "step", what));
    TY_TRY(made.facts, jsonField<Json>(state, "facts", what));
    made.tensors = std::move(found->checkpoint.parameters);
    return std::optional(std::move(made));
}

void FitProgress::keepCheckpoints(std::function<FitState()> state)
{
    m_state = std::move(state);
}

bool FitProgress::isBudgetSpent() const
{
    const auto& budget = m_request.spec->budgetMinutes;
    return budget && seconds() > *budget * 60;
}

bool FitProgress::isCheckpointDue() const
{
    const double interval = m_request.settings.value("checkpointSeconds", kCheckpointSeconds);
    return m_state && seconds() - m_secondsAtCheckpoint >= std::max(interval, m_checkpointCost / kCheckpointShare);
}

Result<void> FitProgress::writeCheckpoint(const char* reason)
{
    if (!m_state) {
        return {};
    }
    const double begin = seconds();
    FitState state = m_state();
    const std::string name = CheckpointStore::fileName(state.step);
    if (reason == std::string("snapshot") && std::find(m_keptFiles.begin(), m_keptFiles.end(), name) == m_keptFiles.end()) {
        m_keptFiles.push_back(name);
    }
    const Json facts{
        {"learner", m_learner},
        {"data", m_request.training->info().fingerprint},
        {"step", state.step},
        {"epoch", m_stageBefore},
        {"seconds", begin},
        {"bestStage", m_bestStage},
        {"bestLoss", m_bestLoss},
        {"kept", m_keptFiles},
        {"facts", std::move(state.facts)}};
    TY_TRY(const std::uint64_t bytes, m_store.write(name, {facts, std::move(state.tensors), {}}));
    // The one before stays, in case the newest is torn by a failing disk.
    std::vector<std::string> kept = m_keptFiles;
    const auto all = m_store.names();
    kept.insert(kept.end(), all.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, all.size())), all.end());
    m_store.prune(kept);
    m_secondsAtCheckpoint = seconds();
    m_checkpointCost = m_secondsAtCheckpoint - begin;
    return m_sink.emitEvent(
        "checkpoint",
        {{"epoch", m_stageBefore},
         {"step", state.step},
         {"file", "checkpoints/" + name},
         {"bytes", bytes},
         {"isBest", false},
         {"reason", reason}});
}

Result<void> FitProgress::pause()
{
    const auto begin = std::chrono::steady_clock::now();
    TY_CHECK(writeCheckpoint("pause"));
    TY_CHECK(m_sink.emitEvent("state", {{"state", "paused"}}));
    while (m_outcome == "completed") {
        const auto command = m_control.nextCommand(true);
        if (!command || m_control.isStopRequested() || command->name == "stop") {
            m_outcome = "stopped";
        } else if (command->name == "finish") {
            m_outcome = "finished-now";
        } else if (command->name == "resume") {
            break;
        }
    }
    m_paused += std::chrono::steady_clock::now() - begin;
    const char* state = m_outcome == "stopped" ? "stopping" : m_outcome == "finished-now" ? "finishing" : "resumed";
    return m_sink.emitEvent("state", {{"state", state}});
}

Result<bool> FitProgress::mayGoOn()
{
    while (m_outcome == "completed") {
        const auto command = m_control.isStopRequested() ? RunCommand{"stop", {}} : m_control.nextCommand(false);
        if (!command) {
            break;
        }
        if (command->name == "pause") {
            TY_CHECK(pause());
        } else if (command->name == "stop") {
            m_outcome = "stopped";
            TY_CHECK(m_sink.emitEvent("state", {{"state", "stopping"}}));
            TY_CHECK(writeCheckpoint("stop"));
        } else if (command->name == "snapshot" && m_state) {
            TY_CHECK(writeCheckpoint("snapshot"));
        } else if (command->name == "finish") {
            m_outcome = "finished-now";
            TY_CHECK(m_sink.emitEvent("state", {{"state", "finishing"}}));
        } else if (command->name != "resume") {
            TY_CHECK(m_sink.emitEvent(
                "warning",
                {{"text", "the learner \"" + m_learner + "\" does not take the command \"" + command->name + "\" while it learns"},
                 {"advice", ""}}));
        }
    }
    if (m_outcome == "completed" && isBudgetSpent()) {
        m_outcome = "finished-now";
        TY_CHECK(note("the time budget is spent; the training finishes now"));
    }
    if (m_outcome == "completed" && isCheckpointDue()) {
        TY_CHECK(writeCheckpoint("interval"));
    }
    return m_outcome == "completed";
}

Result<void> FitProgress::emitStep(std::int64_t step, double stage, const char* measure, double value)
{
    constexpr double kBetweenSteps = 0.05;
    const double now = seconds();
    if (m_secondsAtStep >= 0 && now - m_secondsAtStep < kBetweenSteps) {
        return {};
    }
    m_secondsAtStep = now;
    return emitPoint(step, stage, measure, value);
}

Result<void> FitProgress::emitStage(int stage, const Json& training, const Json& validation)
{
    const Json& judge = validation.is_object() ? validation : training;
    const Json loss = judge.is_object() ? judge.value("loss", Json()) : Json();
    // Without a loss there is nothing to choose by: the newest stage is the one that is kept.
    const bool isBest = loss.is_number() ? m_bestStage == 0 || loss.get<double>() < m_bestLoss : judge.is_object();
    if (isBest) {
        m_bestStage = stage;
        m_bestLoss = loss.is_number() ? loss.get<double>() : m_bestLoss;
    }
    const double now = seconds();
    const double perStage = now / std::max(1, stage);
    // Of one tree, not of all that were grown since: who reads it multiplies by those that are left.
    const double stageSeconds = (now - m_secondsAtStage) / std::max(1, stage - m_stageBefore);
    m_stageBefore = stage;
    m_secondsAtStage = now;
    TY_CHECK(m_sink.emitEvent(
        "epoch",
        {{"epoch", stage},
         {"step", stage},
         {"seconds", now},
         {"epochSeconds", stageSeconds},
         {"training", training},
         {"validation", validation},
         {"isBest", isBest},
         {"bestEpoch", m_bestStage},
         {"etaSeconds", perStage * std::max(0, m_stages - stage)}}));
    return m_sink.emitEvent(
        "system", {{"cpuPercent", m_usage.takeCpuPercent()}, {"residentBytes", m_usage.residentBytes()}, {"dataWaitFraction", 0}});
}

int fitThreads(int wanted)
{
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace ty::engine
