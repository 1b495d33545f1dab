// The part of Trainer that keeps what has been reached.
#include <algorithm>
#include <limits>
#include <utility>

#include "engine/base/memory_guard.h"
#include "engine/train/trainer.h"

namespace ty::engine {

namespace {

constexpr const char* kWhat = "a checkpoint";
constexpr double kRest = 9; ///< times what writing took: checkpoints cost at most a tenth of a run whose epochs are short

Error withAdvice(Error error)
{
    if (error.kind == ErrorKind::OutOfMemory) {
        error.advice = "Choose a smaller network (fewer units or filters), or close other programs."; // batches have no part in it
    }
    return error;
}

} // namespace

/// What the session has reached, as it is written to a file without a further copy.
Result<Checkpoint> Trainer::takeCheckpoint() const
{
    auto taken = guardMemory(kWhat, [this]() -> Result<Checkpoint> {
        requireMemory(m_session.checkpointBytes());
        return Checkpoint{m_state.toJson(), m_session.parameters(), m_session.optimizerState()};
    });
    return taken ? std::move(taken) : withAdvice(std::move(taken).error());
}

/// Early, since training whose results cannot be kept is in vain.
Result<void> Trainer::checkRoomForCheckpoint() const
{
    auto checked = guardMemory(kWhat, [this]() -> Result<void> {
        requireMemory(m_session.checkpointBytes());
        return {};
    });
    return checked ? std::move(checked) : withAdvice(std::move(checked).error());
}

/// The checkpoint of an epoch that has ended. Epochs that follow one another faster than their checkpoints can be written share
/// one: who resumes repeats those since, with the same numbers.
Result<void> Trainer::keepEpoch(bool isBest)
{
    const bool isSoon = m_checkpointSeconds > 0 && m_clockRead - m_checkpointEnd < kRest * m_checkpointSeconds;
    if (!isSoon || !m_state.outcome.empty()) {
        return writeCheckpoint("epoch", isBest);
    }
    if (isBest) {
        m_state.bestFile = CheckpointStore::fileName(m_state.step);
        m_state.learningRate = m_learningRate.toJson();
        m_state.optimizerCounters = m_session.optimizerCounters();
        m_waitingBest.reset(); // never two at a time in memory
        Json history = std::exchange(m_state.history, Json::array()); // grows with each epoch: it is added when it is written
        auto best = takeCheckpoint();
        m_state.history = std::move(history);
        TY_TRY(m_waitingBest, std::move(best));
    }
    return {};
}

Result<void> Trainer::writeWaitingBest()
{
    if (!m_waitingBest) {
        return {};
    }
    Checkpoint best = std::move(*m_waitingBest);
    m_waitingBest.reset();
    TY_TRY(const int epoch, jsonField<int>(best.state, "epoch", "state"));
    TY_TRY(const auto step, jsonField<std::int64_t>(best.state, "step", "state"));
    best.state["history"] = Json(Json::array_t(m_state.history.begin(), m_state.history.begin() + epoch));
    const std::string name = CheckpointStore::fileName(step);
    TY_TRY(const std::uint64_t bytes, m_store.write(name, best));
    m_lastCheckpointStep = step;
    return emitCheckpoint(name, epoch, step, bytes, true, "epoch");
}

Result<void> Trainer::writeCheckpoint(const std::string& reason, bool isBest)
{
    const std::string name = CheckpointStore::fileName(m_state.step);
    if (isBest) {
        m_state.bestFile = name;
        m_waitingBest.reset();
    } else {
        TY_CHECK(writeWaitingBest());
    }
    if (reason == "snapshot" && std::find(m_state.keptFiles.begin(), m_state.keptFiles.end(), name) == m_state.keptFiles.end()) {
        m_state.keptFiles.push_back(name);
    }
    m_state.learningRate = m_learningRate.toJson();
    m_state.optimizerCounters = m_session.optimizerCounters();
    const double begin = m_options.clock();
    TY_TRY(const Checkpoint checkpoint, takeCheckpoint());
    auto written = m_store.write(name, checkpoint);
    m_checkpointEnd = m_options.clock();
    m_checkpointSeconds = m_checkpointEnd - begin;
    if (!written) {
        return written.error().kind == ErrorKind::InvalidInput
            ? checkLoss(std::numeric_limits<double>::quiet_NaN(), "a weight")
            : Result<void>(std::move(written).error());
    }
    m_lastCheckpoint = m_state.seconds;
    m_lastCheckpointStep = m_state.step;
    // The one before stays, in case the newest is torn by a failing disk. So do those of later steps: they could not be read when
    // the training went on, and are no reason to remove this one.
    std::vector<std::string> kept = m_state.keptFiles;
    kept.push_back(m_state.bestFile);
    const auto all = m_store.names();
    const auto now = std::find(all.begin(), all.end(), name);
    kept.insert(kept.end(), now - std::min<std::ptrdiff_t>(1, now - all.begin()), all.end());
    m_store.prune(kept);
    return emitCheckpoint(name, m_state.epoch, m_state.step, written.value(), isBest, reason);
}

Result<void> Trainer::emitCheckpoint(
    const std::string& name, int epoch, std::int64_t step, std::uint64_t bytes, bool isBest, const std::string& reason)
{
    return m_sink.emitEvent(
        "checkpoint",
        {{"epoch", epoch},
         {"step", step},
         {"file", "checkpoints/" + name},
         {"bytes", bytes},
         {"isBest", isBest},
         {"reason", reason}});
}

Result<void> Trainer::restoreBest()
{
    const bool isAtBest = m_state.stopping.bestEpoch == m_state.epoch && m_state.stepInEpoch == 0;
    if (m_state.bestFile.empty() || isAtBest) {
        return {};
    }
    auto best = m_store.read(m_state.bestFile);
    if (!best) {
        return m_sink.emitEvent(
            "warning",
            {{"text", "the best epoch's checkpoint cannot be read, so the last weights are used: " + best.error().message},
             {"advice", ""}});
    }
    return m_session.setParameters(best.value().parameters);
}

} // namespace ty::engine
