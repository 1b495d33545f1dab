#include <algorithm>
#include <chrono>
#include <vector>

#include <omp.h>

#include "engine/backends/cpu/cpu_session.h"
#include "engine/backends/cpu/guarded.h"
#include "engine/backends/cpu/optimizer.h"

namespace ty::engine {

namespace {

/// The running statistics as they were, put back at the end.
class KeptStates {
public:
    explicit KeptStates(const ParameterStore& store)
        : m_store(store)
        , m_values(store.stateValues(), store.stateValues() + store.stateCount())
    {
    }
    ~KeptStates() { std::copy(m_values.begin(), m_values.end(), m_store.stateValues()); }
    KeptStates(const KeptStates&) = delete;
    KeptStates& operator=(const KeptStates&) = delete;

private:
    const ParameterStore& m_store;
    std::vector<float> m_values;
};

constexpr double kShortest = 4e-6;  ///< what is measured at once; below it the clock itself would count
constexpr double kClockTick = 1e-8; ///< its resolution and the time to read it are of this order
constexpr double kMostRepeats = 400;

/// Seconds of one run, from `repeats` of them one after the other.
double secondsOf(const CpuExecutable::Step& step, const RunContext& context, int repeats)
{
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < repeats; ++i) {
        step.run(context);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    return taken.count() / repeats;
}

} // namespace

Result<StepProfile> CpuSession::profileStep(std::int64_t batch, int tries)
{
    return guarded("a training step", batch, [&]() -> Result<StepProfile> {
        const CpuExecutable& executable = *ensureCompiled(NetworkMode::Training, batch).executable;
        omp_set_num_threads(executable.threads());
        // Batch norm moves its running statistics each time. Nothing else of a step's nodes outlives the next step.
        const KeptStates kept(*m_store);
        StepProfile profile;
        for (const CpuExecutable::Step& step : executable.steps()) {
            const double once = secondsOf(step, executable.context(), 1);
            const auto repeats = static_cast<int>(std::clamp(kShortest / std::max(once, kClockTick), 1.0, kMostRepeats));
            double fastest = once;
            for (int i = 0; i < tries; ++i) {
                fastest = std::min(fastest, secondsOf(step, executable.context(), repeats));
            }
            profile.nodes.push_back({step.name, step.isPrimitive, fastest, step.bytes});
        }
        // Weight and slots are read and written, the gradient is read.
        const double arrays = 3.0 + 2.0 * static_cast<double>(optimizerSlots(m_setup.optimizer).size());
        profile.updateBytes = arrays * static_cast<double>(m_summary.parameters) * sizeof(float);
        return profile;
    });
}

} // namespace ty::engine
