#include "engine/nn/lowering.h"

#include <map>

#include <fmt/format.h>

#include "engine/nn/layer_types.h"

namespace ty::engine {

namespace {

/// More elements than this in one value is a mistake in the description, not a network.
constexpr double kMaxElements = 1.0e11;

bool isRectifier(ActivationKind kind)
{
    return kind != ActivationKind::None && kind != ActivationKind::Sigmoid && kind != ActivationKind::Tanh;
}

/// Writes one layer after the other into the graph.
class Lowering {
public:
    Lowering(LoweredNetwork& network, std::int64_t batch, NetworkMode mode)
        : m_network(network), m_graph(network.graph), m_batch(batch), m_mode(mode)
    {
    }

    Result<ValueId> addLayer(const LayerDescription& layer, const std::vector<ValueId>& inputs)
    {
        m_layer = &layer;
        m_inputs = inputs;
        const Shape& whole = m_graph.shape(inputs[0]);
        TY_TRY(const LayerSettings settings, readLayerSettings(layer, Shape(whole.begin() + 1, whole.end())));
        auto result = std::visit([this](const auto& typed) { return lower(typed); }, settings);
        if (!result) {
            return std::move(result).error().withContext(fmt::format("layer \"{}\" ({})", layer.name, layer.type));
        }
        return result;
    }

private:
    Result<ValueId> append(OpKind kind, std::vector<ValueId> inputs, Attributes attributes = {})
    {
        TY_TRY(const NodeId id, m_graph.append(kind, std::move(inputs), std::move(attributes), m_layer->name));
        const ValueId result = m_graph.node(id).outputs[0];
        TY_CHECK(checkSize(m_graph.shape(result)));
        return result;
    }

    Result<ValueId> activated(ValueId value, const Activation& activation)
    {
        if (activation.kind == ActivationKind::None) {
            return value;
        }
        return append(OpKind::Activate, {value}, ActivationAttributes{activation});
    }

    static Result<void> checkSize(const Shape& shape)
    {
        double elements = 1;
        for (const std::int64_t extent : shape) {
            elements *= static_cast<double>(extent);
        }
        if (elements > kMaxElements) {
            return Error{ErrorKind::InvalidInput, fmt::format("{} holds too many values", toString(shape)), {}};
        }
        return {};
    }

    Result<ValueId> parameter(const char* name, Shape shape, Initialisation initial, bool isDecayed = false)
    {
        TY_CHECK(checkSize(shape));
        const ValueId value = m_graph.addParameter(m_layer->name + "." + name, std::move(shape));
        m_network.parameters.push_back({value, initial, isDecayed});
        return value;
    }

    ValueId state(const char* name, Shape shape, InitialKind kind)
    {
        const ValueId value = m_graph.addState(m_layer->name + "." + name, std::move(shape));
        m_network.states.push_back({value, {kind, 1, 1}, false});
        return value;
    }

    Result<ValueId> lower(const DenseSettings& settings)
    {
        ValueId input = m_inputs[0];
        if (m_graph.shape(input).size() != 2) {
            const std::int64_t features = elementCount(m_graph.shape(input)) / m_batch;
            TY_TRY(input, append(OpKind::Reshape, {input}, ShapeAttributes{{m_batch, features}}));
        }
        const std::int64_t features = m_graph.shape(input)[1];
        const InitialKind kind = isRectifier(settings.activation.kind) ? InitialKind::HeNormal : InitialKind::GlorotUniform;
        TY_TRY(
            const ValueId weight,
            parameter("weight", {settings.units, features}, {kind, features, settings.units}, true));
        TY_TRY(ValueId value, append(OpKind::MatMul, {input, weight}, MatMulAttributes{false, true, {}}));
        if (settings.hasBias) {
            TY_TRY(const ValueId bias, parameter("bias", {settings.units}, {}));
            TY_TRY(value, append(OpKind::AddBias, {value, bias}));
        }
        return activated(value, settings.activation);
    }

    Result<ValueId> lower(const ConvolutionSettings& settings)
    {
        const std::int64_t channels = m_graph.shape(m_inputs[0])[1] / settings.groups;
        const std::int64_t window = settings.kernel[0] * settings.kernel[1];
        const Initialisation initial{
            InitialKind::HeNormal, channels * window, settings.filters / settings.groups * window};
        TY_TRY(
            const ValueId weight,
            parameter(
                "weight", {settings.filters, channels, settings.kernel[0], settings.kernel[1]}, initial, true));
        ConvolutionAttributes attributes;
        attributes.stride = settings.stride;
        attributes.dilation = settings.dilation;
        attributes.padding = {
            settings.padding.top, settings.padding.left, settings.padding.bottom, settings.padding.right};
        attributes.groups = settings.groups;
        TY_TRY(ValueId value, append(OpKind::Conv2d, {m_inputs[0], weight}, attributes));
        if (settings.hasBias) {
            TY_TRY(const ValueId bias, parameter("bias", {settings.filters}, {}));
            TY_TRY(value, append(OpKind::AddBias, {value, bias}));
        }
        return activated(value, settings.activation);
    }

    Result<ValueId> lower(const PoolSettings& settings)
    {
        PoolAttributes attributes;
        attributes.kernel = settings.kernel;
        attributes.stride = settings.stride;
        attributes.padding = {
            settings.padding.top, settings.padding.left, settings.padding.bottom, settings.padding.right};
        return append(
            m_layer->type == "maxPool2d" ? OpKind::MaxPool : OpKind::AveragePool, {m_inputs[0]}, attributes);
    }

    Result<ValueId> lower(const GlobalPoolSettings& /*settings*/)
    {
        return append(OpKind::GlobalAveragePool, {m_inputs[0]});
    }

    Result<ValueId> lower(const NormSettings& settings)
    {
        const bool isBatchNorm = m_layer->type == "batchNorm";
        const Shape& shape = m_graph.shape(m_inputs[0]);
        const Shape extent{isBatchNorm ? shape[1] : elementCount(shape) / m_batch};
        TY_TRY(const ValueId scale, parameter("scale", extent, {InitialKind::Ones, 1, 1}));
        TY_TRY(const ValueId shift, parameter("shift", extent, {InitialKind::Zeros, 1, 1}));
        NormAttributes attributes;
        attributes.momentum = settings.momentum;
        attributes.epsilon = settings.epsilon;
        ValueId value = kNone;
        if (isBatchNorm) {
            const ValueId mean = state("runningMean", extent, InitialKind::Zeros);
            const ValueId variance = state("runningVariance", extent, InitialKind::Ones);
            const OpKind kind = m_mode == NetworkMode::Training ? OpKind::BatchNorm : OpKind::BatchNormInference;
            TY_TRY(value, append(kind, {m_inputs[0], scale, shift, mean, variance}, attributes));
        } else {
            TY_TRY(value, append(OpKind::LayerNorm, {m_inputs[0], scale, shift}, attributes));
        }
        return activated(value, settings.activation);
    }

    Result<ValueId> lower(const DropoutSettings& settings)
    {
        const std::uint32_t stream = m_dropouts++;
        if (m_mode == NetworkMode::Inference || settings.rate == 0) {
            return m_inputs[0];
        }
        return append(OpKind::Dropout, {m_inputs[0]}, DropoutAttributes{settings.rate, stream});
    }

    Result<ValueId> lower(const ActivationSettings& settings) { return activated(m_inputs[0], settings.activation); }

    Result<ValueId> lower(const SoftmaxSettings& /*settings*/) { return append(OpKind::Softmax, {m_inputs[0]}); }

    Result<ValueId> lower(const ReshapeSettings& settings)
    {
        Shape shape{m_batch};
        shape.insert(shape.end(), settings.shape.begin(), settings.shape.end());
        return shape == m_graph.shape(m_inputs[0]) ? Result<ValueId>(m_inputs[0])
                                                   : append(OpKind::Reshape, {m_inputs[0]}, ShapeAttributes{shape});
    }

    Result<ValueId> lower(const CombineSettings& settings)
    {
        ValueId value = m_inputs[0];
        for (std::size_t i = 1; i < m_inputs.size(); ++i) {
            TY_TRY(value, append(settings.isProduct ? OpKind::Multiply : OpKind::Add, {value, m_inputs[i]}));
        }
        return activated(value, settings.activation);
    }

    Result<ValueId> lower(const ConcatSettings& /*settings*/) { return append(OpKind::Concat, m_inputs); }

    LoweredNetwork& m_network;
    Graph& m_graph;
    std::int64_t m_batch;
    NetworkMode m_mode;
    const LayerDescription* m_layer = nullptr;
    std::vector<ValueId> m_inputs;
    std::uint32_t m_dropouts = 0;
};

Result<void> checkAllUsed(const ModelDescription& model, const std::vector<std::vector<std::string>>& inputs)
{
    std::map<std::string, bool> isUsed;
    for (const auto& names : inputs) {
        for (const std::string& name : names) {
            isUsed[name] = true;
        }
    }
    for (std::size_t i = 0; i + 1 < model.layers.size(); ++i) {
        if (!isUsed[model.layers[i].name]) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("layer \"{}\" ({}): nothing uses its result", model.layers[i].name, model.layers[i].type),
                "Only the last layer is the output. Remove the layer, or name it among the inputs of a later one."};
        }
    }
    return {};
}

} // namespace

Result<LoweredNetwork> lowerNetwork(const ModelDescription& model, std::int64_t batch, NetworkMode mode)
{
    if (model.layers.empty()) {
        return Error{ErrorKind::InvalidInput, "network: no layers", {}};
    }
    TY_TRY(const auto inputs, resolveInputs(model));
    TY_CHECK(checkAllUsed(model, inputs));

    LoweredNetwork network;
    Shape inputShape{batch};
    inputShape.insert(inputShape.end(), model.input.begin(), model.input.end());
    network.input = network.graph.addInput("input", inputShape);

    std::map<std::string, ValueId> values{{"input", network.input}};
    Lowering lowering(network, batch, mode);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        std::vector<ValueId> operands;
        for (const std::string& name : inputs[i]) {
            operands.push_back(values.at(name));
        }
        TY_TRY(const ValueId result, lowering.addLayer(model.layers[i], operands));
        values[model.layers[i].name] = result;
        network.layerOutputs.push_back(result);
    }
    network.output = network.layerOutputs.back();
    if (network.graph.shape(network.output).size() != 2) {
        const Shape& shape = network.graph.shape(network.output);
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "layer \"{}\" ({}): it is the output, but its result {} is not flat",
                model.layers.back().name,
                model.layers.back().type,
                toString(Shape(shape.begin() + 1, shape.end()))),
            "End with a dense, flatten or globalAveragePool2d layer."};
    }
    return network;
}

Result<LoweredLoss> appendLoss(LoweredNetwork& network, const TrainingSetup& setup)
{
    Graph& graph = network.graph;
    const Shape shape = graph.shape(network.output);
    LoweredLoss loss;
    LossAttributes attributes;
    attributes.labelSmoothing = setup.labelSmoothing;
    if (setup.loss == LossKind::SoftmaxCrossEntropy) {
        loss.targets = graph.addInput("targets", {shape[0]});
        loss.classWeights = graph.addInput("classWeights", {shape[1]});
        loss.loss = graph.apply(
            OpKind::SoftmaxCrossEntropy, {network.output, loss.targets, loss.classWeights}, attributes, "loss");
        loss.metrics = graph.apply(OpKind::CountCorrect, {network.output, loss.targets}, {}, "metrics");
        return loss;
    }
    if (shape[1] != 1) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("the network has {} outputs, a regression needs 1", shape[1]),
            "Give the last dense layer one unit."};
    }
    switch (setup.loss) {
    case LossKind::MeanAbsoluteError: attributes.kind = RegressionLossKind::Absolute; break;
    case LossKind::Huber: attributes.kind = RegressionLossKind::Huber; break;
    default: attributes.kind = RegressionLossKind::Squared; break;
    }
    loss.targets = graph.addInput("targets", {shape[0]});
    loss.loss = graph.apply(OpKind::RegressionLoss, {network.output, loss.targets}, attributes, "loss");
    loss.metrics = graph.apply(OpKind::ErrorSums, {network.output, loss.targets}, {}, "metrics");
    return loss;
}

} // namespace ty::engine
