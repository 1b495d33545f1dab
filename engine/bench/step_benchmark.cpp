#include "engine/bench/step_benchmark.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ty::engine {

namespace {

using Clock = std::chrono::steady_clock;

/// Small: the numbers do not matter to the time, but the network must not run away.
constexpr double kLearningRate = 1e-5;

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

} // namespace

Result<StepBenchmark> StepBenchmark::create(Backend& backend, const BenchmarkCase& item)
{
    StepBenchmark benchmark;
    benchmark.m_batchSize = item.batch;
    TY_TRY(benchmark.m_session, backend.createSession(item.model, item.setup, 1));
    benchmark.m_batch = makeBatch(item, benchmark.m_session->summary().outputShape);
    const auto begin = Clock::now();
    const auto first = benchmark.m_session->step(benchmark.m_batch.inputs, benchmark.m_batch.targets, kLearningRate);
    if (!first) {
        return first.error();
    }
    benchmark.m_compileSeconds = secondsSince(begin);
    return benchmark;
}

Result<void> StepBenchmark::run(double seconds, int fewest)
{
    constexpr double kShortest = 5e-5; // what is timed at once; reading the clock takes a twentieth of a microsecond
    constexpr int kMostAtOnce = 64;
    int atOnce = 1;
    m_times.beginTurn();
    const auto begin = Clock::now();
    for (int i = 0; i < fewest || secondsSince(begin) < seconds; ++i) {
        const auto stepBegin = Clock::now();
        for (int k = 0; k < atOnce; ++k) {
            const auto done = m_session->step(m_batch.inputs, m_batch.targets, kLearningRate);
            if (!done) {
                return done.error();
            }
        }
        const double each = secondsSince(stepBegin) / atOnce;
        m_times.add(each);
        atOnce = std::clamp(static_cast<int>(kShortest / each), 1, kMostAtOnce);
    }
    return {};
}

Result<void> StepBenchmark::measureFloor(double bytesPerSecond)
{
    constexpr double kSeconds = 0.3;
    constexpr int kFewestTries = 3;
    constexpr int kMostTries = 5000;
    const double step = m_times.turnMedian();
    const auto tries = static_cast<int>(std::clamp(kSeconds / step, 1.0 * kFewestTries, 1.0 * kMostTries));
    TY_TRY(StepProfile profile, m_session->profileStep(m_batchSize, tries));
    m_floors.add(std::move(profile), bytesPerSecond, step);
    return {};
}

} // namespace ty::engine
