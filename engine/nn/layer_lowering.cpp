#include "engine/nn/layer_lowering.h"

#include <fmt/format.h>

namespace ty::engine {

namespace {

/// More elements than this in one value is a mistake in the description, not a network.
constexpr double kMaxElements = 1.0e11;

bool isRectifier(ActivationKind kind)
{
    switch (kind) {
    case ActivationKind::None:
    case ActivationKind::Sigmoid:
    case ActivationKind::Tanh:
    case ActivationKind::HardSigmoid:
    case ActivationKind::HardTanh:
    case ActivationKind::Scale: return false;
    default: return true;
    }
}

Result<void> checkSize(const Shape& shape)
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

ConvolutionAttributes attributesOf(const ConvolutionSettings& settings)
{
    ConvolutionAttributes attributes;
    attributes.stride = settings.stride;
    attributes.dilation = settings.dilation;
    attributes.padding = {
        settings.padding.top, settings.padding.left, settings.padding.bottom, settings.padding.right};
    attributes.groups = settings.groups;
    return attributes;
}

} // namespace

LayerLowering::LayerLowering(LoweredNetwork& network, std::int64_t batch, NetworkMode mode)
    : m_network(network), m_graph(network.graph), m_batch(batch), m_mode(mode)
{
}

Result<ValueId> LayerLowering::addLayer(const LayerDescription& layer, const std::vector<ValueId>& inputs)
{
    m_layer = &layer;
    m_inputs = inputs;
    const Shape& whole = shape(inputs[0]);
    TY_TRY(const LayerSettings settings, readLayerSettings(layer, Shape(whole.begin() + 1, whole.end())));
    TY_TRY(m_initial, readInitialSettings(layer));
    m_isFrozen = layer.settings.value("frozen", false);
    auto result = std::visit([this](const auto& typed) { return lower(typed); }, settings);
    if (!result) {
        Error error = std::move(result).error();
        if (const std::string op = layer.type + ": "; error.message.starts_with(op)) {
            error.message.erase(0, op.size()); // the op has the layer's name, which is told already
        }
        return std::move(error).withContext(fmt::format("layer \"{}\" ({})", layer.name, layer.type));
    }
    return result;
}

Result<ValueId> LayerLowering::append(OpKind kind, std::vector<ValueId> inputs, Attributes attributes)
{
    TY_TRY(const NodeId id, m_graph.append(kind, std::move(inputs), std::move(attributes), m_layer->name));
    const ValueId result = m_graph.node(id).outputs[0];
    TY_CHECK(checkSize(shape(result)));
    return result;
}

Result<ValueId> LayerLowering::reshaped(ValueId value, const Shape& extents)
{
    Shape whole{m_batch};
    whole.insert(whole.end(), extents.begin(), extents.end());
    return whole == shape(value) ? Result<ValueId>(value) : append(OpKind::Reshape, {value}, ShapeAttributes{whole});
}

Result<ValueId> LayerLowering::product(ValueId value, ValueId weight, ValueId bias)
{
    Shape whole = shape(value);
    if (whole.size() != 2) {
        const Shape rows{elementCount(whole) / whole.back(), whole.back()};
        TY_TRY(value, append(OpKind::Reshape, {value}, ShapeAttributes{rows}));
    }
    TY_TRY(value, append(OpKind::MatMul, {value, weight}, MatMulAttributes{false, true, {}}));
    if (bias != kNone) {
        TY_TRY(value, append(OpKind::AddBias, {value, bias}));
    }
    if (whole.size() != 2) {
        whole.back() = shape(weight)[0];
        TY_TRY(value, append(OpKind::Reshape, {value}, ShapeAttributes{whole}));
    }
    return value;
}

Result<ValueId> LayerLowering::dropped(ValueId value, double rate)
{
    const std::uint32_t stream = m_dropouts++;
    if (m_mode == NetworkMode::Inference || rate == 0) {
        return value;
    }
    return append(OpKind::Dropout, {value}, DropoutAttributes{rate, stream});
}

Result<ValueId> LayerLowering::activated(ValueId value, const Activation& activation)
{
    const bool isTimesOne = activation.kind == ActivationKind::Scale && activation.alpha == 1.0F;
    if (activation.kind == ActivationKind::None || isTimesOne) {
        return value;
    }
    return append(OpKind::Activate, {value}, ActivationAttributes{activation});
}

Result<ValueId> LayerLowering::parameter(const std::string& name, Shape extents, Initialisation initial, bool isDecayed)
{
    TY_CHECK(checkSize(extents));
    const bool isNorm = initial.kind == InitialKind::Ones;
    if (isDecayed && m_initial.weight) {
        initial.kind = m_initial.weight->kind;
        initial.value = m_initial.weight->value;
        if (initial.kind == InitialKind::Orthogonal && !name.starts_with("recurrent")) {
            // The whole weight is one matrix: a row for each unit or filter.
            initial.fanOut = extents[0];
            initial.fanIn = elementCount(extents) / extents[0];
        }
    } else if (!isDecayed && !isNorm && m_initial.bias) {
        initial.kind = InitialKind::Constant;
        initial.value = *m_initial.bias;
    }
    const ValueId value = m_graph.addParameter(m_layer->name + "." + name, std::move(extents));
    m_network.parameters.push_back({value, initial, isDecayed, m_isFrozen});
    return value;
}

ValueId LayerLowering::state(const char* name, Shape extents, InitialKind kind)
{
    const ValueId value = m_graph.addState(m_layer->name + "." + name, std::move(extents));
    m_network.states.push_back({value, {kind, 1, 1}, false});
    return value;
}

Result<ValueId> LayerLowering::lower(const DenseSettings& settings)
{
    ValueId input = m_inputs[0];
    if (!settings.isOverLast) {
        TY_TRY(input, reshaped(input, {elementCount(shape(input)) / m_batch}));
    }
    const std::int64_t features = shape(input).back();
    const InitialKind kind = isRectifier(settings.activation.kind) ? InitialKind::HeNormal : InitialKind::GlorotUniform;
    TY_TRY(
        const ValueId weight, parameter("weight", {settings.units, features}, {kind, features, settings.units}, true));
    ValueId bias = kNone;
    if (settings.hasBias) {
        TY_TRY(bias, parameter("bias", {settings.units}, {}));
    }
    TY_TRY(const ValueId value, product(input, weight, bias));
    return activated(value, settings.activation);
}

Result<ValueId> LayerLowering::lower(const ConvolutionSettings& settings)
{
    ValueId input = m_inputs[0];
    const bool isRow = shape(input).size() == 3; // conv1d
    if (isRow) {
        TY_TRY(input, reshaped(input, {shape(input)[1], 1, shape(input)[2]}));
    }
    const std::int64_t channels = shape(input)[1] / settings.groups;
    const std::int64_t window = settings.kernel[0] * settings.kernel[1];
    const Initialisation initial{
        InitialKind::HeNormal, channels * window, settings.filters / settings.groups * window};
    TY_TRY(
        const ValueId weight,
        parameter("weight", {settings.filters, channels, settings.kernel[0], settings.kernel[1]}, initial, true));
    TY_TRY(ValueId value, append(OpKind::Conv2d, {input, weight}, attributesOf(settings)));
    if (settings.hasBias) {
        TY_TRY(const ValueId bias, parameter("bias", {settings.filters}, {}));
        TY_TRY(value, append(OpKind::AddBias, {value, bias}));
    }
    TY_TRY(value, activated(value, settings.activation));
    return isRow ? reshaped(value, {shape(value)[1], shape(value)[3]}) : Result<ValueId>(value);
}

Result<ValueId> LayerLowering::lower(const TransposedSettings& settings)
{
    const ConvolutionSettings& convolution = settings.convolution;
    const std::int64_t channels = shape(m_inputs[0])[1];
    const std::int64_t filters = convolution.filters / convolution.groups;
    const std::int64_t window = convolution.kernel[0] * convolution.kernel[1];
    const Initialisation initial{
        InitialKind::HeNormal, channels / convolution.groups * window, filters * window};
    TY_TRY(
        const ValueId weight,
        parameter("weight", {channels, filters, convolution.kernel[0], convolution.kernel[1]}, initial, true));
    ConvolutionAttributes attributes = attributesOf(convolution);
    attributes.resultShape = {m_batch, convolution.filters, settings.result[0], settings.result[1]};
    TY_TRY(ValueId value, append(OpKind::Conv2dInputGrad, {m_inputs[0], weight}, attributes));
    if (convolution.hasBias) {
        TY_TRY(const ValueId bias, parameter("bias", {convolution.filters}, {}));
        TY_TRY(value, append(OpKind::AddBias, {value, bias}));
    }
    return activated(value, convolution.activation);
}

Result<ValueId> LayerLowering::lower(const PoolSettings& settings)
{
    PoolAttributes attributes;
    attributes.kernel = settings.kernel;
    attributes.stride = settings.stride;
    attributes.padding = {
        settings.padding.top, settings.padding.left, settings.padding.bottom, settings.padding.right};
    return append(m_layer->type == "maxPool2d" ? OpKind::MaxPool : OpKind::AveragePool, {m_inputs[0]}, attributes);
}

Result<ValueId> LayerLowering::lower(const UpsampleSettings& settings)
{
    return append(OpKind::Upsample, {m_inputs[0]}, UpsampleAttributes{settings.factor});
}

Result<ValueId> LayerLowering::lower(const GlobalPoolSettings& settings)
{
    if (!settings.isMaximum) {
        return append(OpKind::GlobalAveragePool, {m_inputs[0]});
    }
    const Shape picture = shape(m_inputs[0]);
    PoolAttributes whole;
    whole.kernel = whole.stride = {picture[2], picture[3]};
    TY_TRY(const ValueId largest, append(OpKind::MaxPool, {m_inputs[0]}, whole));
    return append(OpKind::Reshape, {largest}, ShapeAttributes{{picture[0], picture[1]}});
}

Result<ValueId> LayerLowering::lower(const NormSettings& settings)
{
    const bool isLayerNorm = m_layer->type == "layerNorm";
    const Shape& input = shape(m_inputs[0]);
    std::int64_t extent = input[1];
    if (isLayerNorm) {
        extent = settings.isOverLast ? input.back() : elementCount(input) / m_batch;
    }
    TY_TRY(const ValueId scale, parameter("scale", {extent}, {InitialKind::Ones, 1, 1}));
    TY_TRY(const ValueId shift, parameter("shift", {extent}, {InitialKind::Zeros, 1, 1}));
    NormAttributes attributes;
    attributes.momentum = settings.momentum;
    attributes.epsilon = settings.epsilon;
    attributes.groups = settings.groups;
    ValueId value = kNone;
    if (m_layer->type == "batchNorm") {
        const ValueId mean = state("runningMean", {extent}, InitialKind::Zeros);
        const ValueId variance = state("runningVariance", {extent}, InitialKind::Ones);
        const OpKind kind = m_mode == NetworkMode::Training && !m_isFrozen ? OpKind::BatchNorm : OpKind::BatchNormInference;
        TY_TRY(value, append(kind, {m_inputs[0], scale, shift, mean, variance}, attributes));
    } else {
        TY_TRY(
            value,
            append(isLayerNorm ? OpKind::LayerNorm : OpKind::GroupNorm, {m_inputs[0], scale, shift}, attributes));
    }
    return activated(value, settings.activation);
}

Result<ValueId> LayerLowering::lower(const DropoutSettings& settings)
{
    return dropped(m_inputs[0], settings.rate);
}

Result<ValueId> LayerLowering::lower(const ActivationSettings& settings)
{
    return activated(m_inputs[0], settings.activation);
}

Result<ValueId> LayerLowering::lower(const SoftmaxSettings& /*settings*/)
{
    return append(OpKind::Softmax, {m_inputs[0]}, SoftmaxAttributes{});
}

Result<ValueId> LayerLowering::lower(const ReshapeSettings& settings)
{
    return reshaped(m_inputs[0], settings.shape);
}

Result<ValueId> LayerLowering::lower(const TransposeSettings& settings)
{
    PermuteAttributes attributes;
    attributes.order = {0};
    attributes.order.insert(attributes.order.end(), settings.order.begin(), settings.order.end());
    return append(OpKind::Permute, {m_inputs[0]}, attributes);
}

Result<ValueId> LayerLowering::lower(const PadSettings& settings)
{
    ValueId value = m_inputs[0];
    for (std::size_t i = 0; i < settings.before.size(); ++i) {
        if (settings.before[i] + settings.after[i] == 0) {
            continue;
        }
        const std::int64_t count = shape(value)[i + 1] + settings.before[i] + settings.after[i];
        TY_TRY(
            value,
            append(OpKind::Pad, {value}, SliceAttributes{static_cast<std::int64_t>(i) + 1, settings.before[i], count}));
    }
    return value;
}

Result<ValueId> LayerLowering::lower(const SliceSettings& settings)
{
    return append(OpKind::Slice, {m_inputs[0]}, SliceAttributes{settings.axis, settings.begin, settings.count});
}

Result<ValueId> LayerLowering::lower(const ReduceSettings& settings)
{
    ValueId value = m_inputs[0];
    std::int64_t count = 1;
    for (const std::int64_t axis : settings.axes) {
        count *= shape(value)[static_cast<std::size_t>(axis)];
        TY_TRY(value, append(OpKind::SumAxis, {value}, AxisAttributes{axis}));
    }
    if (shape(value).size() == 1) {
        TY_TRY(value, append(OpKind::Reshape, {value}, ShapeAttributes{{m_batch, 1}})); // all axes are gone
    }
    if (!settings.isMean) {
        return value;
    }
    return activated(value, {ActivationKind::Scale, 1.0F / static_cast<float>(count)});
}

Result<void> LayerLowering::checkInputsAreAlike(std::int64_t axis) const
{
    const auto ofSample = [this](std::size_t i) { return Shape(shape(m_inputs[i]).begin() + 1, shape(m_inputs[i]).end()); };
    const Shape first = ofSample(0);
    for (std::size_t i = 1; i < m_inputs.size() && m_layer->inputs.size() == m_inputs.size(); ++i) {
        const Shape other = ofSample(i);
        Shape expected = first;
        if (axis > 0 && static_cast<std::size_t>(axis) <= first.size() && other.size() == first.size()) {
            expected[static_cast<std::size_t>(axis) - 1] = other[static_cast<std::size_t>(axis) - 1];
        }
        if (other != expected) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "\"{}\" gives {} and \"{}\" gives {} for a sample; {}",
                    m_layer->inputs[0],
                    toString(first),
                    m_layer->inputs[i],
                    toString(other),
                    axis == 0                           ? "they must be alike"
                        : other.size() != first.size() ? "they must have as many axes"
                                                       : fmt::format("they may differ in axis {} alone", axis)),
                {}};
        }
    }
    return {};
}

Result<ValueId> LayerLowering::lower(const CombineSettings& settings)
{
    TY_CHECK(checkInputsAreAlike(0));
    ValueId value = m_inputs[0];
    for (std::size_t i = 1; i < m_inputs.size(); ++i) {
        TY_TRY(value, append(settings.isProduct ? OpKind::Multiply : OpKind::Add, {value, m_inputs[i]}));
    }
    return activated(value, settings.activation);
}

Result<ValueId> LayerLowering::lower(const ConcatSettings& settings)
{
    TY_CHECK(checkInputsAreAlike(settings.axis));
    return append(OpKind::Concat, m_inputs, AxisAttributes{settings.axis});
}

} // namespace ty::engine
