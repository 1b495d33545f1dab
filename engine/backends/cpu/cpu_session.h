#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/cpu_executable.h"
#include "engine/backends/cpu/parameter_store.h"
#include "engine/nn/lowering.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

/// A network on the processor: one store of parameters, one executable for each batch size and mode met.
class CpuSession final : public TrainingSession {
public:
    /// Checks everything; initial weights by `seed`.
    static Result<std::unique_ptr<TrainingSession>> create(
        const ModelDescription& model,
        const TrainingSetup& setup,
        std::uint64_t seed,
        const dnnl::engine& engine,
        int threads);

    const ModelDescription& model() const override { return m_model; }
    const ModelSummary& summary() const override { return m_summary; }
    Result<StepResult> step(
        std::span<const float> inputs, std::span<const float> targets, double learningRate) override;
    Result<StepResult> evaluate(std::span<const float> inputs, std::span<const float> targets) override;
    Result<void> predict(std::span<const float> inputs, std::int64_t batch, std::span<float> outputs) override;
    std::vector<NamedTensor> parameters() const override { return m_store->exportValues(); }
    Result<void> setParameters(const std::vector<NamedTensor>& parameters) override;
    void resetCarriedState() override;
    std::vector<NamedTensor> optimizerState() const override;
    Json optimizerCounters() const override;
    Result<void> setOptimizerState(const std::vector<NamedTensor>& slots, const Json& counters) override;
    std::uint64_t memoryBytes() const override;
    std::uint64_t checkpointBytes() const override;
    Result<StepProfile> profileStep(std::int64_t batch, int tries) override;

private:
    /// The state after the last step of a run, which is the first one of the next run.
    struct StateCopy {
        const float* last = nullptr;
        float* first = nullptr;
        std::size_t bytes = 0;
    };

    struct Compiled {
        NetworkMode mode = NetworkMode::Training;
        std::int64_t batch = 0;
        float* input = nullptr;
        float* targets = nullptr;
        std::vector<StateCopy> states; ///< as `m_carried`
        std::unique_ptr<CpuExecutable> executable;

        void write(std::span<const float> inputs, std::span<const float> labels) const;
        /// Runs it, and hands its states over to its next run.
        void run(std::uint32_t dropoutKey0, std::uint32_t dropoutKey1) const;
    };

    struct Carried {
        std::string name;
        std::int64_t units = 0;
    };

    CpuSession(
        const ModelDescription& model,
        const TrainingSetup& setup,
        ModelSummary summary,
        const LoweredNetwork& network,
        const LoweredLoss& loss,
        std::uint64_t seed,
        const dnnl::engine& engine,
        int threads);

    /// It is the first of `m_compiled` then.
    Compiled& ensureCompiled(NetworkMode mode, std::int64_t batch);
    Result<std::int64_t> checkBatch(
        std::span<const float> inputs, std::span<const float> targets, NetworkMode mode) const;
    /// Numbers for an embedding.
    Result<void> checkNumbers(std::span<const float> inputs) const;
    StepResult readMetrics(const Compiled& compiled, std::span<const float> targets) const;

    ModelDescription m_model;
    TrainingSetup m_setup;
    ModelSummary m_summary;
    dnnl::engine m_engine;
    int m_threads;
    std::int64_t m_inputSize = 0;  ///< of one sample
    std::int64_t m_trainingTargets = 1;   ///< numbers of one sample
    std::int64_t m_evaluationTargets = 1; ///< likewise
    std::int64_t m_vocabulary = 0; ///< the input's numbers are below it; 0: any
    std::vector<Carried> m_carried; ///< states that are carried over, in the order of the executables' outputs
    std::vector<NamedTensor> m_carriedToBe; ///< restored, for the next training executable
    ConvolutionPlanner m_planner;
    std::unique_ptr<ParameterStore> m_store;
    std::list<Compiled> m_compiled; ///< the latest used first
    std::int64_t m_steps = 0;       ///< updates done
    std::uint64_t m_dropoutSeed = 0;
    std::uint64_t m_largestArena = 0;
};

} // namespace ty::engine
