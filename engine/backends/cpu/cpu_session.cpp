#include "engine/backends/cpu/cpu_session.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "engine/backends/cpu/cpu_backend.h"
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

constexpr std::string_view kCarriedPrefix = "carried.";

/// What a prediction gives.
ValueId answerOf(Graph& graph, ValueId output, LossKind loss)
{
    switch (loss) {
    case LossKind::SoftmaxCrossEntropy: return graph.apply(OpKind::Softmax, {output}, SoftmaxAttributes{});
    case LossKind::BinaryCrossEntropy:
        return graph.apply(OpKind::Activate, {output}, ActivationAttributes{*activationFromName("sigmoid")});
    default: return output;
    }
}

/// Whether all are whole numbers from `first` to below `end`; looked at some at once, for a small network's step is over
/// soon.
bool areLabels(std::span<const float> target, float first, float end)
{
    int others = 0;
#pragma omp simd reduction(| : others)
    for (std::size_t i = 0; i < target.size(); ++i) {
        const float value = target[i];
        const bool isInside = value >= first && value < end;
        const auto whole = static_cast<float>(static_cast<std::int32_t>(isInside ? value : first));
        others |= isInside && value == whole ? 0 : 1;
    }
    return others == 0;
}

bool areInUnitRange(std::span<const float> target)
{
    return std::all_of(target.begin(), target.end(), [](float value) { return value >= 0 && value <= 1; });
}

/// Whether a target has a meaning for the loss; a label beyond the classes would reach foreign memory.
bool isPossible(std::span<const float> target, LossKind loss, std::int64_t classes)
{
    const auto end = static_cast<float>(classes);
    switch (loss) {
    case LossKind::SoftmaxCrossEntropy:
        return areLabels(target, 0, end);
    case LossKind::BinaryCrossEntropy: return areInUnitRange(target);
    case LossKind::Hinge:
        return std::all_of(target.begin(), target.end(), [](float value) { return value == -1 || value == 1; });
    case LossKind::Ctc: {
        const auto steps = static_cast<float>(target.size() - 1);
        if (!(target[0] >= 1 && target[0] <= steps) || target[0] != std::floor(target[0])) {
            return false;
        }
        const auto labels = target.subspan(1);
        const auto last = std::find_if(labels.begin(), labels.end(), [](float value) { return value < 0; });
        return areLabels(labels.first(static_cast<std::size_t>(last - labels.begin())), 1, end);
    }
    default: return true;
    }
}

} // namespace

Result<std::unique_ptr<TrainingSession>> CpuSession::create(
    const ModelDescription& model,
    const TrainingSetup& setup,
    std::uint64_t seed,
    const dnnl::engine& engine,
    int threads)
{
    TY_TRY(ModelSummary summary, summarise(model));
    TY_CHECK(setup.validate(summary.outputShape.back()));
    if (setup.precision == Precision::BFloat16 && !hasBFloat16()) {
        return Error{
            ErrorKind::Unsupported,
            "this processor has no instructions for bfloat16 (avx512_bf16), without which it would be slower",
            "Choose precision float32 or auto."};
    }
    if (setup.loss == LossKind::SoftmaxCrossEntropy && model.layers.back().type == "softmax") {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("layer \"{}\" (softmax): the loss applies it already", model.layers.back().name),
            "Remove the layer; predictions are probabilities all the same."};
    }
    TY_TRY(LoweredNetwork network, lowerNetwork(model, 1, NetworkMode::Training));
    TY_TRY(const LoweredLoss loss, appendLoss(network, setup));
    const std::int64_t parameters = summary.parameters;
    const std::string what = fmt::format("the network's {} parameters", parameters);
    auto session = guarded(what, [&]() -> Result<std::unique_ptr<TrainingSession>> {
        requireRoomForKernels();
        return std::unique_ptr<TrainingSession>(
            new CpuSession(model, setup, std::move(summary), network, loss, seed, engine, threads));
    });
    if (!session && session.error().kind == ErrorKind::OutOfMemory) {
        Error error = std::move(session).error();
        error.advice = "Choose a smaller network (fewer units or filters), or close other programs."; // the batch has no part in it
        return error;
    }
    return session;
}

CpuSession::CpuSession(
    const ModelDescription& model,
    const TrainingSetup& setup,
    ModelSummary summary,
    const LoweredNetwork& network,
    const LoweredLoss& loss,
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
    m_trainingTargets = network.graph.value(loss.targets).size(); // lowered for one sample
    m_evaluationTargets = setup.hasTargetShares ? 1 : m_trainingTargets;
    for (const CarriedState& state : network.carried) {
        m_carried.push_back({state.name, network.graph.shape(state.initial)[1]});
    }
    for (const Node& node : network.graph.nodes()) {
        if (node.kind == OpKind::Embedding && node.inputs[0] == network.input) {
            const std::int64_t rows = network.graph.shape(node.inputs[1])[0];
            m_vocabulary = m_vocabulary == 0 ? rows : std::min(m_vocabulary, rows);
        }
    }
}

CpuSession::Compiled& CpuSession::ensureCompiled(NetworkMode mode, std::int64_t batch)
{
    for (auto it = m_compiled.begin(); it != m_compiled.end(); ++it) {
        if (it->mode == mode && it->batch == batch) {
            m_compiled.splice(m_compiled.begin(), m_compiled, it);
            return m_compiled.front();
        }
    }
    // The description was checked when the session was made, so neither can fail.
    requireRoomForKernels();
    LoweredNetwork network = lowerNetwork(m_model, batch, mode).value();
    const LoweredLoss loss = appendLoss(network, m_setup, mode).value();
    Graph& graph = network.graph;
    std::vector<ValueId> results{loss.loss, loss.metrics};
    std::vector<ExternalMemory> places(2);
    if (mode == NetworkMode::Training) {
        std::vector<ValueId> wanted;
        for (std::size_t i = 0; i < network.parameters.size(); ++i) {
            if (!network.parameters[i].isFrozen) {
                const ParameterStore::Entry& entry = m_store->parameters()[i];
                wanted.push_back(network.parameters[i].value);
                places.push_back({m_store->gradients() + entry.offset, entry.layout});
            }
        }
        const std::vector<ValueId> gradients = appendGradients(graph, loss.loss, kNone, wanted);
        results.insert(results.end(), gradients.begin(), gradients.end());
    } else {
        results.push_back(answerOf(graph, network.output, m_setup.loss));
        places.emplace_back();
    }
    const std::size_t firstCarried = results.size();
    for (const CarriedState& state : network.carried) {
        results.push_back(state.last);
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
    auto executable = std::make_unique<CpuExecutable>(
        graph,
        m_engine,
        m_planner,
        parameterOf,
        places,
        m_threads,
        m_setup.precision == Precision::BFloat16 ? DType::BFloat16 : DType::Float32);
    if (float* weights = executable->input("classWeights")) {
        const std::vector<float> equal(static_cast<std::size_t>(m_summary.outputShape.back()), 1.0F);
        const std::vector<float>& given = m_setup.classWeights.empty() ? equal : m_setup.classWeights;
        std::copy(given.begin(), given.end(), weights);
    }
    m_largestArena = std::max<std::uint64_t>(m_largestArena, executable->arenaBytes());
    if (mode == NetworkMode::Training) {
        for (const NamedTensor& state : m_carriedToBe) {
            // Another batch size begins with zeros, as it would have done before.
            if (state.tensor.shape()[0] == batch) {
                std::memcpy(executable->input(state.name), state.tensor.data(), state.tensor.bytes());
            }
        }
        m_carriedToBe.clear();
    }
    Compiled compiled{mode, batch, executable->input("input"), executable->input("targets"), {}, nullptr};
    for (std::size_t i = 0; i < m_carried.size(); ++i) {
        const std::string& name = m_carried[i].name;
        const auto bytes = static_cast<std::size_t>(graph.value(graph.find(name)).size()) * sizeof(float);
        compiled.states.push_back({executable->output(firstCarried + i), executable->input(name), bytes});
    }
    compiled.executable = std::move(executable);
    m_compiled.push_front(std::move(compiled));
    if (m_compiled.size() > kMaxExecutables) {
        m_compiled.pop_back();
    }
    return m_compiled.front();
}

Result<std::int64_t> CpuSession::checkBatch(
    std::span<const float> inputs, std::span<const float> targets, NetworkMode mode) const
{
    const std::int64_t each = mode == NetworkMode::Training ? m_trainingTargets : m_evaluationTargets;
    const auto batch = static_cast<std::int64_t>(targets.size()) / each;
    if (static_cast<std::int64_t>(targets.size()) != batch * each) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} targets do not make samples of {} each", targets.size(), each),
            {}};
    }
    if (batch < 1 || static_cast<std::int64_t>(inputs.size()) != batch * m_inputSize) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} input values do not make {} samples of {}", inputs.size(), batch, toString(m_model.input)),
            {}};
    }
    const std::int64_t classes = m_summary.outputShape.back();
    const bool areShares = m_setup.hasTargetShares && mode == NetworkMode::Training;
    const auto width = static_cast<std::size_t>(each);
    // Labels are looked at all at once; one by one only to name the first that is wrong.
    const bool isPlain = width == 1 && isPossible(targets, m_setup.loss, classes);
    for (std::size_t i = 0; !isPlain && i < static_cast<std::size_t>(batch); ++i) {
        const auto target = targets.subspan(i * width, width);
        if (!(areShares ? areInUnitRange(target) : isPossible(target, m_setup.loss, classes))) {
            return Error{
                ErrorKind::InvalidInput,
                width == 1
                    ? fmt::format("sample {} of the batch has label {}, the network has {} classes", i, target[0], classes)
                    : fmt::format("sample {} of the batch has targets that its loss does not know", i),
                {}};
        }
    }
    TY_CHECK(checkNumbers(inputs));
    return batch;
}

Result<void> CpuSession::checkNumbers(std::span<const float> inputs) const
{
    if (m_vocabulary > 0) {
        const auto limit = static_cast<float>(m_vocabulary);
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (!(inputs[i] >= 0 && inputs[i] < limit) || inputs[i] != std::floor(inputs[i])) {
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format(
                        "value {} of the batch is {}, the embedding takes whole numbers from 0 to {}", i, inputs[i], m_vocabulary - 1),
                    {}};
            }
        }
    }
    return {};
}

void CpuSession::Compiled::run(std::uint32_t dropoutKey0, std::uint32_t dropoutKey1) const
{
    executable->run(dropoutKey0, dropoutKey1);
    for (const StateCopy& state : states) {
        std::memcpy(state.first, state.last, state.bytes);
    }
}

void CpuSession::resetCarriedState()
{
    m_carriedToBe.clear();
    for (const Compiled& compiled : m_compiled) {
        for (const StateCopy& state : compiled.states) {
            std::memset(state.first, 0, state.bytes);
        }
    }
}

void CpuSession::Compiled::write(std::span<const float> inputs, std::span<const float> labels) const
{
    std::memcpy(input, inputs.data(), inputs.size_bytes());
    if (!labels.empty()) {
        std::memcpy(targets, labels.data(), labels.size_bytes());
    }
}

StepResult CpuSession::readMetrics(const Compiled& compiled, std::span<const float> targets) const
{
    const CpuExecutable& executable = *compiled.executable;
    StepResult result;
    result.loss = static_cast<double>(*executable.output(kLossOutput));
    result.lossWeight = m_setup.classWeights.empty()
        ? static_cast<double>(compiled.batch)
        : m_setup.weightOf(targets, m_setup.hasTargetShares && compiled.mode == NetworkMode::Training);
    const float* metrics = executable.output(kMetricsOutput);
    const bool isRegression = m_setup.loss == LossKind::MeanSquaredError
        || m_setup.loss == LossKind::MeanAbsoluteError || m_setup.loss == LossKind::Huber;
    if (!isRegression) {
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
    TY_TRY(const std::int64_t batch, checkBatch(inputs, targets, NetworkMode::Training));
    return guarded("a training step", batch, [&]() -> Result<StepResult> {
        const Compiled& compiled = ensureCompiled(NetworkMode::Training, batch);
        compiled.write(inputs, targets);
        const auto step = static_cast<std::uint64_t>(m_steps);
        compiled.run(
            static_cast<std::uint32_t>(m_dropoutSeed) + static_cast<std::uint32_t>(step),
            mix32(static_cast<std::uint32_t>(m_dropoutSeed >> 32U) + static_cast<std::uint32_t>(step)));
        StepResult result = readMetrics(compiled, targets);
        ++m_steps;
        result.gradientNorm = updateParameters(*m_store, m_setup, learningRate, m_steps, compiled.executable->threads());
        return result;
    });
}

Result<StepResult> CpuSession::evaluate(std::span<const float> inputs, std::span<const float> targets)
{
    TY_TRY(const std::int64_t batch, checkBatch(inputs, targets, NetworkMode::Inference));
    return guarded("an evaluation", batch, [&]() -> Result<StepResult> {
        const Compiled& compiled = ensureCompiled(NetworkMode::Inference, batch);
        compiled.write(inputs, targets);
        compiled.run(0, 0);
        return readMetrics(compiled, targets);
    });
}

Result<void> CpuSession::predict(std::span<const float> inputs, std::int64_t batch, std::span<float> outputs)
{
    const std::int64_t width = elementCount(m_summary.outputShape);
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
    TY_CHECK(checkNumbers(inputs));
    return guarded("a prediction", batch, [&]() -> Result<void> {
        const Compiled& compiled = ensureCompiled(NetworkMode::Inference, batch);
        compiled.write(inputs, {});
        compiled.run(0, 0); // the targets of an earlier evaluation lie there: valid labels, whose loss nobody reads
        std::memcpy(outputs.data(), compiled.executable->output(kAnswerOutput), outputs.size_bytes());
        return {};
    });
}

Result<void> CpuSession::setParameters(const std::vector<NamedTensor>& parameters)
{
    return m_store->importValues(parameters);
}

std::vector<NamedTensor> CpuSession::optimizerState() const
{
    std::vector<NamedTensor> tensors = m_store->exportSlots();
    const auto training = std::find_if(m_compiled.begin(), m_compiled.end(), [](const Compiled& compiled) {
        return compiled.mode == NetworkMode::Training;
    });
    if (training == m_compiled.end()) {
        for (const NamedTensor& state : m_carriedToBe) {
            tensors.push_back({std::string(kCarriedPrefix) + state.name, state.tensor});
        }
        return tensors;
    }
    for (const auto& [name, units] : m_carried) {
        const Graph& graph = training->executable->graph();
        Tensor state(DType::Float32, graph.shape(graph.find(name)));
        std::memcpy(state.data(), training->executable->input(name), state.bytes());
        tensors.push_back({std::string(kCarriedPrefix) + name, std::move(state)});
    }
    return tensors;
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
    std::vector<NamedTensor> plain;
    std::vector<NamedTensor> carried;
    for (const NamedTensor& slot : slots) {
        if (!slot.name.starts_with(kCarriedPrefix)) {
            plain.push_back(slot);
            continue;
        }
        const std::string name = slot.name.substr(kCarriedPrefix.size());
        const auto known = std::find_if(
            m_carried.begin(), m_carried.end(), [&name](const Carried& state) { return state.name == name; });
        const Shape& shape = slot.tensor.shape();
        if (known == m_carried.end() || slot.tensor.isEmpty() || slot.tensor.dtype() != DType::Float32
            || shape.size() != 2 || shape[1] != known->units) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "optimizer state: \"{}\" {} is no state of this network",
                    slot.name,
                    toString(slot.tensor.shape())),
                {}};
        }
        carried.push_back({name, slot.tensor});
    }
    TY_CHECK(m_store->importSlots(plain));
    if (!m_carried.empty()) {
        m_compiled.clear(); // they hold states of their own
    }
    m_carriedToBe = std::move(carried);
    m_steps = steps;
    m_dropoutSeed = seed;
    return {};
}

std::uint64_t CpuSession::memoryBytes() const
{
    return m_store->bytes() + m_largestArena;
}

std::uint64_t CpuSession::checkpointBytes() const
{
    return m_store->exportedBytes(); // states that are carried over are small beside it
}

} // namespace ty::engine
