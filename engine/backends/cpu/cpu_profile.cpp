#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <omp.h>

#include "engine/backends/cpu/cpu_session.h"
#include "engine/backends/cpu/guarded.h"
#include "engine/backends/cpu/optimizer.h"
#include "engine/backends/cpu/parallel.h"
#include "engine/base/median.h"

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

/// Numbers too small to be normal are 0 meanwhile, on all threads. A node that works in place shrinks its operand with
/// each repetition (a gradient times a slope), and such numbers take ten times as long, in the nodes behind it too; a step
/// does not meet them, because it makes its operands anew.
class FlushedDenormals {
public:
    explicit FlushedDenormals(int threads)
        : m_kept(static_cast<std::size_t>(threads))
    {
#if defined(__x86_64__)
        constexpr unsigned kFlushToZero = 0x8000;
        constexpr unsigned kDenormalsAreZeros = 0x0040;
        parallelShares(threads, [this](int share) {
            unsigned& kept = m_kept[static_cast<std::size_t>(share)];
            kept = __builtin_ia32_stmxcsr();
            __builtin_ia32_ldmxcsr(kept | kFlushToZero | kDenormalsAreZeros);
        });
#endif
    }
    ~FlushedDenormals()
    {
#if defined(__x86_64__)
        parallelShares(
            static_cast<int>(m_kept.size()), [this](int share) { __builtin_ia32_ldmxcsr(m_kept[static_cast<std::size_t>(share)]); });
#endif
    }
    FlushedDenormals(const FlushedDenormals&) = delete;
    FlushedDenormals& operator=(const FlushedDenormals&) = delete;

private:
    std::vector<unsigned> m_kept; ///< how each thread computed before
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
        const FlushedDenormals flushed(executable.threads());
        StepProfile profile;
        for (const CpuExecutable::Step& step : executable.steps()) {
            const double once = secondsOf(step, executable.context(), 1);
            const auto repeats = static_cast<int>(std::clamp(kShortest / std::max(once, kClockTick), 1.0, kMostRepeats));
            std::vector<double> seconds;
            for (int i = 0; i < tries; ++i) {
                seconds.push_back(secondsOf(step, executable.context(), repeats));
            }
            profile.nodes.push_back({step.name, step.isPrimitive, median(std::move(seconds)), step.bytes});
        }
        // Weight and slots are read and written, the gradient is read.
        const double arrays = 3.0 + 2.0 * static_cast<double>(optimizerSlots(m_setup.optimizer).size());
        profile.updateBytes = arrays * static_cast<double>(m_summary.parameters) * sizeof(float);
        return profile;
    });
}

} // namespace ty::engine
