#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/learn/learner.h"
#include "engine/tensor/tensor.h"
#include "engine/train/checkpoint.h"
#include "engine/train/process_usage.h"

namespace ty::engine {

/// All that a learner needs to go on as if it had never stopped.
struct FitState {
    std::int64_t step = 0; ///< steps done, never fewer than in a state before
    Json facts = Json::object();
    std::vector<NamedTensor> tensors;
};

/// The newest checkpoint of a run that is resumed; torn ones are told as warnings.
Result<std::optional<CheckpointStore::Found>> findCheckpoint(const FitRequest& request, FitSink& sink);

/// What a learner without batches tells while it learns, and what it is asked: its plan, its stages (trees, passes) as
/// "epoch" events, pause, finish, stop, the budget of minutes, and its checkpoints. On the training thread.
class FitProgress {
public:
    FitProgress(const FitRequest& request, const std::string& learner, FitSink& sink, FitControl& control);

    /// @param stages  trees or passes that there are at most, @param unit  what they are called: "trees"
    Result<void> emitPlan(int stages, const std::string& unit, std::uint64_t memoryBytes);
    /// Where a run that is resumed goes on; nothing: at the beginning. Running time and the best stage are taken over.
    Result<std::optional<FitState>> resumedState();
    /// From now on mayGoOn() writes checkpoints: of that learner, each as many seconds as its setting "checkpointSeconds" says,
    /// and for a pause, a stop and a wish. A write is never more than a fiftieth of the time.
    /// @param state  asked by mayGoOn() alone; outlives the last call of it
    void keepCheckpoints(std::function<FitState()> state);
    /// Takes waiting commands, a pause for as long as it lasts, and writes a checkpoint when it is time. Result: whether to go on.
    Result<bool> mayGoOn();
    /// Whether the minutes that the run may take are over: the next mayGoOn() says no.
    bool isBudgetSpent() const;
    /// Whether the next mayGoOn() will write a checkpoint unasked: who has work on other threads brings it to rest then.
    bool isCheckpointDue() const;
    /// Tells of a stage. The best is the one with the lowest loss of validation, or of training where there is none.
    /// @param training, validation  {loss, ...} or null
    Result<void> emitStage(int stage, const Json& training, const Json& validation);
    /// Whether mayGoOn() has something to take: long work between two stages ends early then. Any thread.
    bool isAnythingWaiting() const { return m_control.isAnythingWaiting(); }
    /// Tells of a step between two stages, with one number that has a meaning: "gap", "inertia". Thinned to 20 a second.
    /// @param stage  stages done, with the running one's fraction
    Result<void> emitStep(std::int64_t step, double stage, const char* measure, double value);
    /// The same, never left out.
    Result<void> emitPoint(std::int64_t step, double stage, const char* measure, double value)
    {
        return m_sink.emitEvent("step", {{"step", step}, {"epoch", stage}, {"metrics", {{measure, value}}}});
    }
    Result<void> note(const std::string& text) { return m_sink.emitEvent("note", {{"text", text}}); }

    double seconds() const; ///< without pauses
    /// "completed", "finished-now", "stopped".
    const std::string& outcome() const { return m_outcome; }
    int bestStage() const { return m_bestStage; }

private:
    Result<void> pause();
    Result<void> writeCheckpoint(const char* reason);

    const FitRequest& m_request;
    std::string m_learner;
    FitSink& m_sink;
    FitControl& m_control;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::chrono::steady_clock::duration m_paused{};
    double m_secondsAtStage = 0;
    double m_secondsAtStep = -1;
    int m_stageBefore = 0; ///< the last one that was told
    ProcessUsage m_usage;
    std::string m_outcome = "completed";
    int m_stages = 1;
    int m_bestStage = 0;
    double m_bestLoss = 0;
    CheckpointStore m_store;
    std::function<FitState()> m_state; ///< empty: no checkpoints
    std::vector<std::string> m_keptFiles; ///< those a person asked for
    double m_secondsBefore = 0;      ///< of the processes that this one goes on for
    double m_secondsAtCheckpoint = 0;
    double m_checkpointCost = 0;     ///< seconds of the last one
};

/// Threads to compute with when the person asked for `wanted` (0: all).
int fitThreads(int wanted);

} // namespace ty::engine
