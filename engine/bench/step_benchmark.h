#pragma once

#include <memory>
#include <vector>

#include "engine/bench/benchmark_case.h"
#include "engine/bench/step_floors.h"
#include "engine/bench/step_times.h"

namespace ty::engine {

/// Times the training steps of one network on one device. One thread.
class StepBenchmark {
public:
    /// Makes the session and runs the first step, which compiles. Errors: those of a session.
    static Result<StepBenchmark> create(Backend& backend, const BenchmarkCase& item);

    /// A turn: steps for about `seconds`, at least `fewest`; adds the time of each, or the mean of some that are too short
    /// for a clock.
    Result<void> run(double seconds, int fewest);
    /// The floor of this turn's steps, from the nodes alone; a third of a second, or three steps.
    /// @param bytesPerSecond  speed of memory in this turn
    Result<void> measureFloor(double bytesPerSecond);

    const StepTimes& times() const { return m_times; }
    const StepFloors& floors() const { return m_floors; }
    double compileSeconds() const { return m_compileSeconds; }
    const TrainingSession& session() const { return *m_session; }

private:
    StepBenchmark() = default;

    std::unique_ptr<TrainingSession> m_session;
    BenchmarkBatch m_batch;
    StepTimes m_times;
    StepFloors m_floors;
    double m_compileSeconds = 0;
    std::int64_t m_batchSize = 0;
};

} // namespace ty::engine
