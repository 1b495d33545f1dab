#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>
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

} // namespace

Result<StepProfile> CpuSession::profileStep(std::int64_t batch, int tries)
{
    return guarded(fmt::format("a training step of {} samples", batch), [&]() -> Result<StepProfile> {
        CpuExecutable& executable = ensureExecutable(NetworkMode::Training, batch);
        omp_set_num_threads(executable.threads());
        // Batch norm moves its running statistics each time. Nothing else of a step's nodes outlives the next step.
        const KeptStates kept(*m_store);
        StepProfile profile;
        for (const CpuExecutable::Step& step : executable.steps()) {
            ProfiledNode node{step.name, step.isPrimitive, 1e9, step.bytes};
            for (int i = 0; i < tries; ++i) {
                const auto begin = std::chrono::steady_clock::now();
                step.run(executable.context());
                const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
                node.seconds = std::min(node.seconds, taken.count());
            }
            profile.nodes.push_back(std::move(node));
        }
        // Weight and slots are read and written, the gradient is read.
        const double arrays = 3.0 + 2.0 * static_cast<double>(optimizerSlots(m_setup.optimizer).size());
        profile.updateBytes = arrays * static_cast<double>(m_summary.parameters) * sizeof(float);
        return profile;
    });
}

} // namespace ty::engine
