#pragma once

#include <memory>
#include <vector>

#include "engine/bench/benchmark_case.h"
#include "engine/nn/step_profile.h"

namespace ty::engine {

/// Times the training steps of one network on one device. One thread.
class StepBenchmark {
public:
    /// Makes the session and runs the first step, which compiles. Errors: those of a session.
    static Result<StepBenchmark> create(Backend& backend, const BenchmarkCase& item);

    /// Steps for about `seconds`, at least three; appends the time of each, or the mean of some that are too short for a clock.
    Result<void> run(double seconds);
    Result<StepProfile> profile();

    double median() const;  ///< of all steps so far, seconds
    double fastest() const; ///< seconds
    std::size_t steps() const { return m_times.size(); } ///< that were timed
    double compileSeconds() const { return m_compileSeconds; }
    const TrainingSession& session() const { return *m_session; }

private:
    StepBenchmark() = default;

    std::unique_ptr<TrainingSession> m_session;
    BenchmarkBatch m_batch;
    std::vector<double> m_times;
    double m_compileSeconds = 0;
    std::int64_t m_batchSize = 0;
};

} // namespace ty::engine
