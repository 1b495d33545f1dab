#include <cmath>

#include <fmt/format.h>

#include "engine/nn/layer_lowering.h"

namespace ty::engine {

Result<ValueId> LayerLowering::lower(const EmbeddingSettings& settings)
{
    const Initialisation initial{InitialKind::GlorotUniform, settings.vocabulary, settings.units};
    TY_TRY(const ValueId weight, parameter("weight", {settings.vocabulary, settings.units}, initial, true));
    return append(OpKind::Embedding, {m_inputs[0], weight});
}

Result<ValueId> LayerLowering::lower(const RecurrentSettings& settings)
{
    ValueId value = m_inputs[0];
    for (std::int64_t layer = 1; layer <= settings.layers; ++layer) {
        const std::string suffix = settings.layers == 1 ? "" : std::to_string(layer);
        const bool isLastLayer = layer == settings.layers;
        const bool isWhole = settings.isWhole || !isLastLayer;
        const std::int64_t steps = shape(value)[1];
        const ValueId input = value;
        TY_TRY(value, direction(settings, input, suffix, false));
        if (!isWhole) {
            TY_TRY(value, stateAt(value, steps - 1));
        }
        if (settings.isBidirectional) {
            TY_TRY(ValueId back, direction(settings, input, suffix + "Back", true));
            if (!isWhole) {
                TY_TRY(back, stateAt(back, 0));
            }
            TY_TRY(value, append(OpKind::Concat, {value, back}, AxisAttributes{isWhole ? 2 : 1}));
        }
    }
    return value;
}

Result<ValueId> LayerLowering::direction(
    const RecurrentSettings& settings, ValueId input, const std::string& suffix, bool isReverse)
{
    const RecurrentAttributes attributes{settings.cell, isReverse};
    const std::int64_t features = shape(input)[2];
    const std::int64_t units = settings.units;
    const std::int64_t gates = attributes.gateCount() * units;
    const bool isLstm = settings.cell == RecurrentCell::Lstm;
    TY_TRY(
        const ValueId weight,
        parameter("weight" + suffix, {gates, features}, {InitialKind::GlorotUniform, features, units}, true));
    TY_TRY(
        const ValueId recurrent,
        parameter("recurrent" + suffix, {gates, units}, {InitialKind::Orthogonal, units, units}, true));
    const InitialKind biasKind = isLstm ? InitialKind::ForgetGate : InitialKind::Zeros;
    TY_TRY(
        const ValueId bias,
        parameter("bias" + suffix, {attributes.biasCount() * units}, {biasKind, units, units}));
    const ValueId hidden = initialState(settings, "h" + suffix);
    std::vector<ValueId> operands{input, weight, recurrent, bias, hidden};
    if (isLstm) {
        operands.push_back(initialState(settings, "c" + suffix));
    }
    TY_TRY(const ValueId value, append(OpKind::Recurrent, operands, attributes));
    if (settings.isCarried) {
        TY_CHECK(carry(hidden, "h" + suffix, value));
        if (isLstm) {
            TY_CHECK(carry(operands.back(), "c" + suffix, m_graph.node(m_graph.value(value).producer).outputs[2]));
        }
    }
    return value;
}

Result<ValueId> LayerLowering::stateAt(ValueId sequence, std::int64_t step)
{
    TY_TRY(const ValueId slice, append(OpKind::Slice, {sequence}, SliceAttributes{1, step, 1}));
    return reshaped(slice, {shape(sequence)[2]});
}

ValueId LayerLowering::initialState(const RecurrentSettings& settings, const std::string& name)
{
    const Shape extents{m_batch, settings.units};
    return settings.isCarried ? m_graph.addInput(m_layer->name + "." + name, extents)
                              : m_graph.apply(OpKind::Fill, {}, FillAttributes{extents, 0.0}, m_layer->name);
}

Result<void> LayerLowering::carry(ValueId initial, const std::string& name, ValueId sequence)
{
    TY_TRY(const ValueId last, stateAt(sequence, shape(sequence)[1] - 1));
    m_network.carried.push_back({m_layer->name + "." + name, initial, last});
    return {};
}

Result<ValueId> LayerLowering::heads(ValueId value, std::int64_t count)
{
    const Shape whole = shape(value);
    TY_TRY(value, reshaped(value, {whole[1], count, whole[2] / count}));
    return append(OpKind::Permute, {value}, PermuteAttributes{{0, 2, 1, 3}});
}

Result<ValueId> LayerLowering::projected(ValueId value, const std::string& name, std::int64_t units, bool hasBias)
{
    const std::int64_t features = shape(value)[2];
    TY_TRY(
        const ValueId weight,
        parameter(name + "Weight", {units, features}, {InitialKind::GlorotUniform, features, units}, true));
    ValueId bias = kNone;
    if (hasBias) {
        TY_TRY(bias, parameter(name + "Bias", {units}, {}));
    }
    return product(value, weight, bias);
}

Result<ValueId> LayerLowering::lower(const AttentionSettings& settings)
{
    const ValueId asking = m_inputs[0];
    const ValueId asked = m_inputs.back();
    const Shape whole = shape(asking);
    const Shape& memory = shape(asked);
    if (memory.size() != 3) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("a sequence {} cannot attend to {}", toString(whole), toString(memory)), {}};
    }
    if (settings.isCausal && memory[1] != whole[1]) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "\"causal\": a sequence of {} steps cannot attend to one of {}: their steps do not belong together",
                whole[1],
                memory[1]),
            "Leave causal out, or give both as many steps."};
    }
    TY_TRY(ValueId query, projected(asking, "query", settings.units, settings.hasBias));
    TY_TRY(ValueId key, projected(asked, "key", settings.units, settings.hasBias));
    TY_TRY(ValueId value, projected(asked, "value", settings.units, settings.hasBias));
    TY_TRY(query, heads(query, settings.heads));
    TY_TRY(key, heads(key, settings.heads));
    TY_TRY(value, heads(value, settings.heads));

    TY_TRY(ValueId weights, append(OpKind::MatMul, {query, key}, MatMulAttributes{false, true, {}}));
    const auto size = static_cast<float>(settings.units / settings.heads);
    TY_TRY(weights, activated(weights, {ActivationKind::Scale, 1.0F / std::sqrt(size)}));
    TY_TRY(weights, append(OpKind::Softmax, {weights}, SoftmaxAttributes{settings.isCausal}));
    TY_TRY(weights, dropped(weights, settings.dropout));
    TY_TRY(value, append(OpKind::MatMul, {weights, value}, MatMulAttributes{}));
    TY_TRY(value, append(OpKind::Permute, {value}, PermuteAttributes{{0, 2, 1, 3}}));
    TY_TRY(value, reshaped(value, {whole[1], settings.units}));
    return projected(value, "output", whole[2], settings.hasBias);
}

} // namespace ty::engine
