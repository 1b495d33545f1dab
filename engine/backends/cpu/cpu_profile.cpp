#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <omp.h>

#include "engine/backends/cpu/cpu_session.h"
#include "engine/backends/cpu/guarded.h"
#include "engine/backends/cpu/optimizer.h"

namespace ty::engine {

Result<StepProfile> CpuSession::profileStep(std::int64_t batch)
{
    constexpr int kTries = 12;
    return guarded(fmt::format("a training step of {} samples", batch), [&]() -> Result<StepProfile> {
        CpuExecutable& executable = ensureExecutable(NetworkMode::Training, batch);
        omp_set_num_threads(executable.threads());
        StepProfile profile;
        for (const CpuExecutable::Step& step : executable.steps()) {
            ProfiledNode node{step.name, step.isPrimitive, 1e9, step.bytes};
            for (int i = 0; i < kTries; ++i) {
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
