#include "torch_case.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "engine/graph/dropout_mask.h"
#include "engine/graph/gradient.h"

namespace ty::engine {

namespace {

// Seeds of the numbers, as in torch_ops/case.py.
constexpr std::uint32_t kInput = 0;
constexpr std::uint32_t kParameters = 1;
constexpr std::uint32_t kStates = 101;
constexpr std::uint32_t kCarried = 201;
constexpr std::uint32_t kOutputGradient = 1000;
constexpr std::uint32_t kSumFactors = 2000;
constexpr std::uint32_t kBatches = 3000;

constexpr std::size_t kPicked = 32;
constexpr std::size_t kSums = 8;

std::vector<double> numbersOf(std::int64_t count, std::uint32_t seed, double amplitude = 1, double base = 0)
{
    std::vector<double> numbers;
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(count); ++i) {
        const double k = static_cast<double>(mix32(mix32(seed) + i) >> 8U) - 8'388'608.0;
        numbers.push_back(static_cast<double>(static_cast<float>(base + amplitude * k / 8'388'608.0)));
    }
    return numbers;
}

/// The place of `id` among them, or none.
template<typename Items, typename ValueOf>
std::optional<std::uint32_t> placeOf(const Items& items, ValueId id, ValueOf valueOf)
{
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (valueOf(items[i]) == id) {
            return static_cast<std::uint32_t>(i);
        }
    }
    return std::nullopt;
}

std::vector<TorchCase> readRows(const char* key)
{
    const Json file = readJsonFile(std::string(TRAINYARD_SOURCE_DIR) + "/tests/nn/torch_ops.json").value();
    std::vector<TorchCase> cases;
    for (const Json& row : file[key]) {
        cases.push_back(
            {row["name"],
             row,
             ModelDescription::fromJson(row["model"]).value(),
             row["batch"],
             row["mode"] == "training" ? NetworkMode::Training : NetworkMode::Inference});
    }
    return cases;
}

} // namespace

TrainingSetup TorchCase::setup() const
{
    static const std::map<std::string, LossKind> losses{
        {"SoftmaxCrossEntropy", LossKind::SoftmaxCrossEntropy},
        {"MeanSquaredError", LossKind::MeanSquaredError},
        {"MeanAbsoluteError", LossKind::MeanAbsoluteError},
        {"Huber", LossKind::Huber},
        {"BinaryCrossEntropy", LossKind::BinaryCrossEntropy},
        {"Hinge", LossKind::Hinge},
        {"Ctc", LossKind::Ctc}};
    static const std::map<std::string, OptimizerKind> optimizers{
        {"Sgd", OptimizerKind::Sgd},
        {"Adam", OptimizerKind::Adam},
        {"AdamW", OptimizerKind::AdamW},
        {"RmsProp", OptimizerKind::RmsProp},
        {"Adagrad", OptimizerKind::Adagrad}};
    TrainingSetup setup;
    if (!row.contains("setup")) {
        return setup;
    }
    const Json& json = row["setup"];
    setup.loss = losses.at(json["loss"]);
    setup.labelSmoothing = json.value("labelSmoothing", 0.0);
    setup.hasTargetShares = json.value("hasTargetShares", false);
    setup.classWeights = json.value("classWeights", std::vector<float>());
    setup.optimizer = optimizers.at(json.value("optimizer", "Sgd"));
    setup.momentum = json.value("momentum", setup.momentum);
    setup.isNesterov = json.value("isNesterov", false);
    setup.beta1 = json.value("beta1", setup.beta1);
    setup.beta2 = json.value("beta2", setup.beta2);
    setup.epsilon = json.value("epsilon", setup.epsilon);
    setup.weightDecay = json.value("weightDecay", 0.0);
    setup.l1 = json.value("l1", 0.0);
    setup.clipNorm = json.value("clipNorm", 0.0);
    setup.clipValue = json.value("clipValue", 0.0);
    return setup;
}

std::vector<TorchCase> torchCases()
{
    return readRows("cases");
}

std::vector<TorchCase> torchTrainings()
{
    return readRows("steps");
}

std::vector<float> batchOfTraining(const TorchCase& from, int step)
{
    const auto seed = kInput + kBatches * static_cast<std::uint32_t>(step);
    const auto numbers = numbersOf(from.batch * elementCount(from.model.input), seed, 2);
    return {numbers.begin(), numbers.end()};
}

std::vector<NamedTensor> beginOfTraining(std::vector<NamedTensor> like)
{
    std::uint32_t seed = kParameters;
    for (NamedTensor& one : like) {
        const auto numbers = numbersOf(one.tensor.size(), seed++, 0.5);
        std::copy(numbers.begin(), numbers.end(), one.tensor.floats().begin());
    }
    return like;
}

TorchGraph::TorchGraph(const TorchCase& from)
{
    auto lowered = lowerNetwork(from.model, from.batch, from.mode);
    if (!lowered) {
        throw std::runtime_error(from.name + ": " + lowered.error().message);
    }
    network = std::move(lowered).value();
    const auto add = [this](std::string name, ValueId value) {
        names.push_back(std::move(name));
        values.push_back(value);
    };
    std::vector<ValueId> wanted;
    if (!from.row.contains("given")) {
        wanted.push_back(network.input);
    }
    const bool isTraining = from.mode == NetworkMode::Training;
    if (isTraining) {
        std::copy_if(
            network.parameters.begin(),
            network.parameters.end(),
            std::back_inserter(learned),
            [](const NetworkVariable& one) { return !one.isFrozen; });
    }
    for (const NetworkVariable& one : learned) {
        wanted.push_back(one.value);
    }
    for (const CarriedState& state : network.carried) {
        wanted.push_back(state.initial);
    }

    Graph& graph = network.graph;
    ValueId target = network.output;
    ValueId seed = kNone;
    if (from.hasLoss()) {
        setup = from.setup();
        const LoweredLoss loss = appendLoss(network, setup).value();
        target = loss.loss;
        add("loss", loss.loss);
        add("metrics", loss.metrics);
    } else {
        add("output", target);
    }
    if (!from.hasLoss() || from.row.value("isPart", false)) {
        seed = graph.addInput("outputGradient", graph.shape(target));
    }
    const std::vector<ValueId> gradients = appendGradients(graph, target, seed, wanted);
    const std::size_t own = wanted.size() - network.carried.size();
    for (std::size_t i = 0; i < own; ++i) {
        add("gradient of " + graph.value(wanted[i]).name, gradients[i]);
    }
    for (const CarriedState& state : network.carried) {
        add("last " + state.name, state.last);
    }
    for (std::size_t i = own; i < wanted.size(); ++i) {
        add("gradient of " + graph.value(wanted[i]).name, gradients[i]);
    }
    graph.setOutputs(values);
    for (const NetworkVariable& state : network.states) {
        if (isTraining) {
            add(graph.value(state.value).name, state.value);
        }
    }
}

std::vector<double> givenValues(const TorchCase& from, const TorchGraph& made, ValueId id)
{
    const LoweredNetwork& network = made.network;
    const Value& value = network.graph.value(id);
    const auto valueOf = [](const NetworkVariable& one) { return one.value; };
    if (const auto place = placeOf(network.parameters, id, valueOf)) {
        return numbersOf(value.size(), kParameters + *place, 0.5, value.name.ends_with(".scale") ? 1 : 0);
    }
    if (const auto place = placeOf(network.states, id, valueOf)) {
        return numbersOf(value.size(), kStates + *place, 0.5, value.name.ends_with(".runningVariance") ? 1 : 0);
    }
    if (const auto place = placeOf(network.carried, id, [](const CarriedState& one) { return one.initial; })) {
        return numbersOf(value.size(), kCarried + *place);
    }
    if (value.name == "targets") {
        return from.row["targets"];
    }
    if (value.name == "classWeights") {
        const auto& weights = made.setup.classWeights;
        return weights.empty() ? std::vector<double>(static_cast<std::size_t>(value.size()), 1.0)
                               : std::vector<double>(weights.begin(), weights.end());
    }
    if (value.name == "outputGradient") {
        return numbersOf(value.size(), kOutputGradient);
    }
    if (from.row.contains("given")) {
        return from.row["given"];
    }
    const bool isAlone = network.parameters.empty() && !from.hasLoss();
    return numbersOf(value.size(), kInput, isAlone ? 4 : 2);
}

double largestOf(const Json& stored)
{
    if (stored.is_object()) {
        return stored["largest"];
    }
    double largest = 0;
    for (const Json& element : stored) {
        largest = std::max(largest, std::abs(element.get<double>()));
    }
    return largest;
}

std::string differenceFrom(const Json& stored, const std::vector<double>& values, double allowed)
{
    const bool isWhole = stored.is_array();
    const std::size_t size = isWhole ? stored.size() : stored["size"].get<std::size_t>();
    if (values.size() != size) {
        return fmt::format("{} elements instead of {}", values.size(), size);
    }
    const auto check = [](const char* what, std::size_t at, double value, double expected, double margin) {
        return std::abs(value - expected) <= margin ? std::string() // false where one is not a number
                                                    : fmt::format("{} {}: {} instead of {}", what, at, value, expected);
    };
    const std::size_t elements = isWhole ? size : kPicked;
    for (std::size_t k = 0; k < elements; ++k) {
        const std::size_t at = isWhole ? k : k * (size - 1) / (kPicked - 1);
        const Json& expected = isWhole ? stored[k] : stored["picked"][k];
        if (auto found = check("element", at, values[at], expected, allowed); !found.empty()) {
            return found;
        }
    }
    if (isWhole) {
        return {};
    }
    std::vector<double> sums(kSums);
    const auto factors = numbersOf(static_cast<std::int64_t>(size), kSumFactors);
    for (std::size_t i = 0; i < size; ++i) {
        sums[i % kSums] += values[i] * factors[i];
    }
    // Errors of the elements have signs of their own.
    const double allowedSum = allowed * std::sqrt(static_cast<double>(size) / kSums);
    for (std::size_t k = 0; k < kSums; ++k) {
        if (auto found = check("sum", k, sums[k], stored["sums"][k], allowedSum); !found.empty()) {
            return found;
        }
    }
    return {};
}

} // namespace ty::engine
