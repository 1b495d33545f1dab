#pragma once

#include <cstdint>
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

    const Shape& shape(ValueId value) const { return m_graph.shape(value); }
    Result<ValueId> append(OpKind kind, std::vector<ValueId> inputs, Attributes attributes = {});
    /// Without the batch: nothing is done where `extents` is the shape already.
    Result<ValueId> reshaped(ValueId value, const Shape& extents);
    /// The same product for each row of the last axis of {batch, ..., features}.
    Result<ValueId> product(ValueId value, ValueId weight, ValueId bias);
    Result<ValueId> activated(ValueId value, const Activation& activation);
    Result<ValueId> parameter(const char* name, Shape extents, Initialisation initial, bool isDecayed = false);
    ValueId state(const char* name, Shape extents, InitialKind kind);

    LoweredNetwork& m_network;
    Graph& m_graph;
    std::int64_t m_batch;
    NetworkMode m_mode;
    const LayerDescription* m_layer = nullptr;
    std::vector<ValueId> m_inputs;
    std::uint32_t m_dropouts = 0;
};

} // namespace ty::engine
