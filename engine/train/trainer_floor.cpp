// The part of Trainer that tells how fast a step could be.
#include <algorithm>
#include <limits>

#include "engine/base/available_memory.h"
#include "engine/nn/memory_bandwidth.h"
#include "engine/train/trainer.h"

namespace ty::engine {

namespace {

constexpr int kTimedSteps = 5;           ///< the first one compiles
constexpr int kDone = std::numeric_limits<int>::max();
constexpr double kShare = 0.01;          ///< of the run that the measurement may take
constexpr double kTriedSeconds = 0.08;   ///< for repeating a short step
constexpr int kFewestTries = 3;
constexpr int kMostTries = 12;
constexpr int kBandwidthTries = 3;
constexpr double kBandwidthSeconds = 0.12;

} // namespace

/// Measures the floor once, after some steps, where the run is long enough for it. It changes nothing that is trained.
Result<void> Trainer::emitFloor(double stepSeconds, std::size_t samples)
{
    if (m_stepsTimed >= kTimedSteps || samples != m_plan.batchSize) {
        return {};
    }
    m_fastestStep = m_stepsTimed < 2 ? stepSeconds : std::min(m_fastestStep, stepSeconds);
    if (++m_stepsTimed < kTimedSteps) {
        return {};
    }
    m_stepsTimed = kDone;
    const double left = static_cast<double>(totalSteps() - m_state.step) * m_fastestStep;
    const int tries = static_cast<int>(std::clamp(kTriedSeconds / m_fastestStep, 1.0 * kFewestTries, 1.0 * kMostTries));
    if (tries * m_fastestStep + kBandwidthSeconds > kShare * left || availableMemoryBytes() < 8 * kBandwidthBytes) {
        return {};
    }
    const auto profile = m_session.profileStep(static_cast<std::int64_t>(samples), tries);
    if (!profile) {
        return {}; // a device that cannot; nothing depends on it
    }
    const double floor = profile->floor(measureMemoryBandwidth(m_options.threads, kBandwidthTries));
    updateClock();
    m_lastStepEvent = m_clockRead; // the next throughput is that of steps
    m_stepsAtEvent = m_state.step;
    m_computeSeconds = 0;
    if (!(floor > 0)) {
        return {};
    }
    return m_sink.emitEvent(
        "floor", {{"stepSeconds", floor}, {"libraryShare", profile->librarySeconds() / floor}, {"samples", samples}});
}

} // namespace ty::engine
