#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/nn/layer_types.h"
#include "engine/nn/lowering.h"

namespace ty::engine {

/// Writes one layer after the other into a network's graph.
class LayerLowering {
public:
    LayerLowering(LoweredNetwork& network, std::int64_t batch, NetworkMode mode);

    /// Gives the layer's result. Errors name the layer.
    Result<ValueId> addLayer(const LayerDescription& layer, const std::vector<ValueId>& inputs);

private:
    Result<ValueId> lower(const DenseSettings& settings);
    Result<ValueId> lower(const ConvolutionSettings& settings);
    Result<ValueId> lower(const TransposedSettings& settings);
    Result<ValueId> lower(const PoolSettings& settings);
    Result<ValueId> lower(const UpsampleSettings& settings);
    Result<ValueId> lower(const GlobalPoolSettings& settings);
    Result<ValueId> lower(const NormSettings& settings);
    Result<ValueId> lower(const DropoutSettings& settings);
    Result<ValueId> lower(const ActivationSettings& settings);
    Result<ValueId> lower(const SoftmaxSettings& settings);
    Result<ValueId> lower(const ReshapeSettings& settings);
    Result<ValueId> lower(const TransposeSettings& settings);
    Result<ValueId> lower(const PadSettings& settings);
    Result<ValueId> lower(const SliceSettings& settings);
    Result<ValueId> lower(const ReduceSettings& settings);
    Result<ValueId> lower(const CombineSettings& settings);
    Result<ValueId> lower(const ConcatSettings& settings);
    // Sequences: sequence_lowering.cpp.
    Result<ValueId> lower(const EmbeddingSettings& settings);
    Result<ValueId> lower(const RecurrentSettings& settings);
    Result<ValueId> lower(const AttentionSettings& settings);
    /// One direction of one layer, whose parameters' names end with `suffix`. Gives all its steps.
    Result<ValueId> direction(
        const RecurrentSettings& settings, ValueId input, const std::string& suffix, bool isReverse);
    /// Of {batch, steps, units}: {batch, units}.
    Result<ValueId> stateAt(ValueId sequence, std::int64_t step);
    ValueId initialState(const RecurrentSettings& settings, const std::string& name);
    Result<void> carry(ValueId initial, const std::string& name, ValueId sequence);
    /// {batch, steps, units} -> {batch, heads, steps, units / heads}.
    Result<ValueId> heads(ValueId value, std::int64_t count);
    Result<ValueId> projected(ValueId value, const std::string& name, std::int64_t units, bool hasBias);

    const Shape& shape(ValueId value) const { return m_graph.shape(value); }
    /// Error naming two inputs and their shapes, without the batch, where these differ; in `axis` they may (0: in none).
    Result<void> checkInputsAreAlike(std::int64_t axis) const;
    Result<ValueId> append(OpKind kind, std::vector<ValueId> inputs, Attributes attributes = {});
    /// Without the batch: nothing is done where `extents` is the shape already.
    Result<ValueId> reshaped(ValueId value, const Shape& extents);
    /// The same product for each row of the last axis of {batch, ..., features}.
    Result<ValueId> product(ValueId value, ValueId weight, ValueId bias);
    /// In training; each call has its own mask.
    Result<ValueId> dropped(ValueId value, double rate);
    Result<ValueId> activated(ValueId value, const Activation& activation);
    Result<ValueId> parameter(const std::string& name, Shape extents, Initialisation initial, bool isDecayed = false);
    ValueId state(const char* name, Shape extents, InitialKind kind);

    LoweredNetwork& m_network;
    Graph& m_graph;
    std::int64_t m_batch;
    NetworkMode m_mode;
    const LayerDescription* m_layer = nullptr;
    std::vector<ValueId> m_inputs;
    InitialSettings m_initial;
    bool m_isFrozen = false;
    std::uint32_t m_dropouts = 0;
};

} // namespace ty::engine
