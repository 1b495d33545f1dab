#include "engine/backends/cpu/cpu_session.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "engine/backends/cpu/guarded.h"
#include "engine/backends/cpu/optimizer.h"
#include "engine/base/random.h"
#include "engine/graph/dropout_mask.h"
#include "engine/graph/gradient.h"

namespace ty::engine {

namespace {

/// Executables kept; more batch sizes than this do not come up in one run.
constexpr std::size_t kMaxExecutables = 8;

// Order of an executable's outputs.
constexpr std::size_t kLossOutput = 0;
constexpr std::size_t kMetricsOutput = 1;
constexpr std::size_t kAnswerOutput = 2; ///< inference alone; in training the gradients follow

} // namespace

Result<std::unique_ptr<TrainingSession>> CpuSession::create(
    const ModelDescription& model,
    const TrainingSetup& setup,
    std::uint64_t seed,
    const dnnl::engine& engine,
    int threads)
{
    TY_TRY(ModelSummary summary, summarise(model));
    TY_CHECK(setup.validate(summary.outputShape[0]));
    if (setup.precision != Precision::Float32) {
        return Error{
            ErrorKind::Unsupported, "the processor backend computes in float32 alone", "Choose precision float32."};
    }
    if (setup.loss == LossKind::SoftmaxCrossEntropy && model.layers.back().type == "softmax") {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("layer \"{}\" (softmax): the loss applies it already", model.layers.back().name),
            "Remove the layer; predictions are probabilities all the same."};
    }
    TY_TRY(LoweredNetwork network, lowerNetwork(model, 1, NetworkMode::Training));
    TY_TRY([[maybe_unused]] const LoweredLoss loss, appendLoss(network, setup));
    return guarded("the network's parameters", [&]() -> Result<std::unique_ptr<TrainingSession>> {
        return std::unique_ptr<TrainingSession>(
            new CpuSession(model, setup, std::move(summary), network, seed, engine, threads));
    });
}

CpuSession::CpuSession(
    const ModelDescription& model,
    const TrainingSetup& setup,
    ModelSummary summary,
    const LoweredNetwork& network,
    std::uint64_t seed,
    const dnnl::engine& engine,
    int threads)
    : m_model(model)
    , m_setup(setup)
    , m_summary(std::move(summary))
    , m_engine(engine)
    , m_threads(threads)
    , m_inputSize(elementCount(model.input))
    , m_planner(engine)
    , m_store(std::make_unique<ParameterStore>(network, engine, m_planner, optimizerSlots(setup.optimizer)))
    , m_dropoutSeed(Random(seed, 0xd409).next())
{
    m_store->initialise(seed);
}

CpuExecutable& CpuSession::ensureExecutable(NetworkMode mode, std::int64_t batch)
{
    for (auto it = m_compiled.begin(); it != m_compiled.end(); ++it) {
        if (it->mode == mode && it->batch == batch) {
            m_compiled.splice(m_compiled.begin(), m_compiled, it);
            return *m_compiled.front().executable;
        }
    }
    // The description was checked when the session was made, so neither can fail.
    LoweredNetwork network = lowerNetwork(m_model, batch, mode).value();
    const LoweredLoss loss = appendLoss(network, m_setup).value();
    Graph& graph = network.graph;
    std::vector<ValueId> results{loss.loss, loss.metrics};
    std::vector<ExternalMemory> places(2);
    if (mode == NetworkMode::Training) {
        std::vector<ValueId> wanted;
        for (const NetworkVariable& variable : network.parameters) {
            wanted.push_back(variable.value);
        }
        const std::vector<ValueId> gradients = appendGradients(graph, loss.loss, kNone, wanted);
        for (std::size_t i = 0; i < gradients.size(); ++i) {
            const ParameterStore::Entry& entry = m_store->parameters()[i];
            results.push_back(gradients[i]);
            places.push_back({m_store->gradients() + entry.offset, entry.layout});
        }
    } else {
        results.push_back(
            m_setup.loss == LossKind::SoftmaxCrossEntropy ? graph.apply(OpKind::Softmax, {network.output}, SoftmaxAttributes{})
                                                          : network.output);
        places.emplace_back();
    }
    graph.setOutputs(std::move(results));

    const auto parameterOf = [this](const std::string& name) -> ExternalMemory {
        for (const ParameterStore::Entry& entry : m_store->parameters()) {
            if (entry.name == name) {
                return {m_store->values() + entry.offset, entry.layout};
            }
        }
        for (const ParameterStore::Entry& entry : m_store->states()) {
            if (entry.name == name) {
                return {m_store->stateValues() + entry.offset, std::nullopt};
            }
        }
        return {};
    };
    auto executable =
        std::make_unique<CpuExecutable>(graph, m_engine, m_planner, parameterOf, places, m_threads);
    if (float* weights = executable->input("classWeights")) {
        const auto classes = static_cast<std::size_t>(m_summary.outputShape[0]);
        for (std::size_t i = 0; i < classes; ++i) {
            weights[i] = m_setup.classWeights.empty() ? 1.0F : m_setup.classWeights[i];
        }
    }
    m_largestArena = std::max<std::uint64_t>(m_largestArena, executable->arenaBytes());
    m_compiled.push_front({mode, batch, std::move(executable)});
    if (m_compiled.size() > kMaxExecutables) {
        m_compiled.pop_back();
    }
    return *m_compiled.front().executable;
}

Result<std::int64_t> CpuSession::checkBatch(std::span<const float> inputs, std::span<const float> targets) const
{
    const auto batch = static_cast<std::int64_t>(targets.size());
    if (batch < 1 || static_cast<std::int64_t>(inputs.size()) != batch * m_inputSize) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} input values do not make {} samples of {}", inputs.size(), batch, toString(m_model.input)),
            {}};
    }
    if (m_setup.loss == LossKind::SoftmaxCrossEntropy) {
        const auto classes = static_cast<float>(m_summary.outputShape[0]);
        for (std::size_t i = 0; i < targets.size(); ++i) {
            if (!(targets[i] >= 0 && targets[i] < classes) || targets[i] != std::floor(targets[i])) {
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format("sample {} of the batch has label {}, the network has {} classes", i, targets[i], classes),
                    {}};
            }
        }
    }
    return batch;
}

void CpuSession::writeInputs(
    CpuExecutable& executable, std::span<const float> inputs, std::span<const float> targets) const
{
    std::memcpy(executable.input("input"), inputs.data(), inputs.size_bytes());
    if (!targets.empty()) {
        std::memcpy(executable.input("targets"), targets.data(), targets.size_bytes());
    }
}

StepResult CpuSession::readMetrics(const CpuExecutable& executable) const
{
    StepResult result;
    result.loss = static_cast<double>(*executable.output(kLossOutput));
    const float* metrics = executable.output(kMetricsOutput);
    if (m_setup.loss == LossKind::SoftmaxCrossEntropy) {
        result.correct = static_cast<std::int64_t>(metrics[0]);
    } else {
        result.absoluteErrorSum = static_cast<double>(metrics[0]);
        result.squaredErrorSum = static_cast<double>(metrics[1]);
    }
    return result;
}

Result<StepResult> CpuSession::step(
    std::span<const float> inputs, std::span<const float> targets, double learningRate)
{
    TY_TRY(const std::int64_t batch, checkBatch(inputs, targets));
    return guarded(fmt::format("a training step of {} samples", batch), [&]() -> Result<StepResult> {
        CpuExecutable& executable = ensureExecutable(NetworkMode::Training, batch);
        writeInputs(executable, inputs, targets);
        const auto step = static_cast<std::uint64_t>(m_steps);
        executable.run(
            static_cast<std::uint32_t>(m_dropoutSeed) + static_cast<std::uint32_t>(step),
            mix32(static_cast<std::uint32_t>(m_dropoutSeed >> 32U) + static_cast<std::uint32_t>(step)));
        StepResult result = readMetrics(executable);
        ++m_steps;
        result.gradientNorm = updateParameters(*m_store, m_setup, learningRate, m_steps, executable.threads());
        return result;
    });
}

Result<StepResult> CpuSession::evaluate(std::span<const float> inputs, std::span<const float> targets)
{
    TY_TRY(const std::int64_t batch, checkBatch(inputs, targets));
    return guarded(fmt::format("an evaluation of {} samples", batch), [&]() -> Result<StepResult> {
        CpuExecutable& executable = ensureExecutable(NetworkMode::Inference, batch);
        writeInputs(executable, inputs, targets);
        executable.run(0, 0);
        return readMetrics(executable);
    });
}

Result<void> CpuSession::predict(std::span<const float> inputs, std::int64_t batch, std::span<float> outputs)
{
    const std::int64_t width = m_summary.outputShape[0];
    if (batch < 1 || static_cast<std::int64_t>(inputs.size()) != batch * m_inputSize
        || static_cast<std::int64_t>(outputs.size()) != batch * width) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} input and {} output values do not fit {} samples of {} and {}",
                inputs.size(),
                outputs.size(),
                batch,
                toString(m_model.input),
                width),
            {}};
    }
    return guarded(fmt::format("a prediction of {} samples", batch), [&]() -> Result<void> {
        CpuExecutable& executable = ensureExecutable(NetworkMode::Inference, batch);
        writeInputs(executable, inputs, {});
        executable.run(0, 0); // the targets of an earlier evaluation lie there: valid labels, whose loss nobody reads
        std::memcpy(outputs.data(), executable.output(kAnswerOutput), outputs.size_bytes());
        return {};
    });
}

Result<void> CpuSession::setParameters(const std::vector<NamedTensor>& parameters)
{
    return m_store->importValues(parameters);
}

Json CpuSession::optimizerCounters() const
{
    return {{"steps", m_steps}, {"dropoutSeed", m_dropoutSeed}};
}

Result<void> CpuSession::setOptimizerState(const std::vector<NamedTensor>& slots, const Json& counters)
{
    TY_TRY(const auto steps, jsonField<std::int64_t>(counters, "steps", "optimizer counters"));
    TY_TRY(const auto seed, jsonField<std::uint64_t>(counters, "dropoutSeed", "optimizer counters"));
    if (steps < 0) {
        return Error{ErrorKind::InvalidInput, fmt::format("optimizer counters: steps is {}", steps), {}};
    }
    TY_CHECK(m_store->importSlots(slots));
    m_steps = steps;
    m_dropoutSeed = seed;
    return {};
}

std::uint64_t CpuSession::memoryBytes() const
{
    return m_store->bytes() + m_largestArena;
}

} // namespace ty::engine
