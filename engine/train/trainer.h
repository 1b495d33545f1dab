#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/nn/training_session.h"
#include "engine/train/augment.h"
#include "engine/train/mixup.h"
#include "engine/train/batch_pipeline.h"
#include "engine/train/checkpoint.h"
#include "engine/train/fit_control.h"
#include "engine/train/process_usage.h"
#include "engine/train/sample_source.h"
#include "engine/train/schedule.h"
#include "engine/train/trainer_state.h"

namespace ty::engine {

struct TrainerOptions {
    Task task = Task::Classification;
    double targetDeviation = 1; ///< own units of the target for one encoded unit
    Shape imageShape;           ///< empty for tables
    int epochs = 20;
    int patience = 5; ///< epochs without gain in validation loss before training ends; 0: never
    std::size_t batchSize = 32;
    std::size_t evaluationBatch = 256;
    std::size_t repeats = 1; ///< passes over the data in one epoch
    bool isInOrder = false;  ///< samples are pieces of one sequence that the session's state is carried along
    Schedule schedule;
    Augmentation augmentation;
    Mixup mixup; ///< of pictures; with classes the session's setup has target shares
    std::uint64_t seed = 1;
    int workers = 1;
    int threads = 1;         ///< of the session, for the speed of memory
    double checkpointSeconds = 60; ///< longest running time without a checkpoint
    std::optional<double> budgetSeconds; ///< of running time; then the training finishes at once
    std::function<double()> clock; ///< seconds, rising; empty: the steady clock
};

struct TrainerOutcome {
    std::string outcome; ///< "completed", "early-stop", "finished-now", "stopped"
    int epochs = 0;      ///< finished ones
    int bestEpoch = 0;   ///< 1-based; 0: no epoch has been finished
    double seconds = 0;  ///< running time
    Json history;        ///< fields of all "epoch" events
};

/// Trains a session: epochs, commands, events, checkpoints. One thread.
class Trainer {
public:
    /// `training` (never empty) and `validation` (null: the last epoch counts as the best) must outlive the trainer.
    Trainer(
        TrainingSession& session,
        const SampleSource& training,
        const SampleSource* validation,
        TrainerOptions options,
        const RunFolder& folder,
        FitSink& sink,
        FitControl& control);

    /// Goes on from `from` (as CheckpointStore::newest() gave it) instead of from the beginning.
    Result<void> resume(const CheckpointStore::Found& from);
    /// Trains to the end; the session then holds the weights of the best epoch. Errors: a loss that is no number
    /// (InvalidInput, with advice), unreadable samples, a checkpoint that cannot be written.
    Result<TrainerOutcome> run();

    std::int64_t stepsPerEpoch() const { return m_plan.stepsPerEpoch(); }

private:
    enum class Wish { Continue, Finish, Stop };

    void rememberPlan();
    Result<void> trainEpochs();
    Result<void> trainEpoch();
    Result<void> takeStop(const Error& error);
    Result<void> trainStep();
    Result<void> endEpoch();
    Result<std::optional<TrainingTotals>> validate();
    Result<StepResult> evaluate(std::span<const std::uint32_t> positions);
    Result<void> takeCommands();
    Result<void> takeCommand(const RunCommand& command);
    Result<void> pause();
    Result<void> takeChange(const Json& fields);
    Result<void> emitStep(const StepResult& result, double rate, double stepSeconds);
    Result<void> emitSystem();
    Result<void> emitFloor(double stepSeconds, std::size_t samples);
    Result<void> keepEpoch(bool isBest);
    Result<Checkpoint> takeCheckpoint() const;
    Result<void> checkRoomForCheckpoint() const;
    Result<void> writeCheckpoint(const std::string& reason, bool isBest);
    Result<void> writeWaitingBest();
    Result<void> emitCheckpoint(
        const std::string& name, int epoch, std::int64_t step, std::uint64_t bytes, bool isBest, const std::string& reason);
    Result<void> restoreBest();
    Result<void> checkLoss(double loss, const char* part) const;
    bool isBudgetSpent() const;
    void updateClock();
    std::int64_t totalSteps() const;

    TrainingSession& m_session;
    const SampleSource& m_training;
    const SampleSource* m_validation;
    TrainerOptions m_options;
    FitSink& m_sink;
    FitControl& m_control;
    CheckpointStore m_store;
    BatchPlan m_plan;
    std::unique_ptr<BatchPipeline> m_pipeline;
    MetricScale m_trainingScale;
    MetricScale m_validationScale;
    LearningRate m_learningRate;
    ProcessUsage m_usage;

    TrainerState m_state;
    Wish m_wish = Wish::Continue;
    double m_clockRead = 0;      ///< when the running time was last brought up to date
    double m_lastStepEvent = -1; ///< clock
    std::int64_t m_stepsAtEvent = 0;
    double m_computeSeconds = 0; ///< of the steps since the last word of one
    struct ComputeTime {
        double seconds = 0;
        std::int64_t steps = 0;
    };
    ComputeTime m_epochCompute; ///< of the epoch at hand, since it was begun or resumed
    double m_lastSystemEvent = -1;
    double m_lastCheckpoint = 0; ///< running time
    std::int64_t m_lastCheckpointStep = -1;
    double m_checkpointEnd = 0;     ///< clock
    double m_checkpointSeconds = 0; ///< that writing the last one took
    std::optional<Checkpoint> m_waitingBest; ///< of the best epoch, where its checkpoint was put off; its state is without history
    int m_stepsTimed = 0;            ///< full batches, until the floor is known or given up
    double m_fastestStep = 0;        ///< seconds, of those
    std::vector<float> m_inputs; ///< validation batches
    std::vector<float> m_targets;
};

} // namespace ty::engine
