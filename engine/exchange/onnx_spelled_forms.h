#pragma once

#include <span>
#include <string>

#include "engine/exchange/onnx_graph.h"
#include "engine/graph/graph.h"

// Ops that are more than one ONNX node of opset 13, or need constants as operands. Each takes the names of its operands
// in the file and the layer's name, and gives the name of its result.
namespace ty::engine {

std::string writeActivation(OnnxGraph& onnx, const Activation& activation, const std::string& src, const std::string& layer);
/// Over the last axes of `shape` that make `features` values; `scale` and `shift` are stored with the shape of these.
std::string writeLayerNorm(
    OnnxGraph& onnx,
    const Shape& shape,
    std::int64_t features,
    double epsilon,
    const std::string& src,
    const std::string& scale,
    const std::string& shift,
    const std::string& layer);
/// `scale` and `shift` are stored as {channels, 1, ...}.
std::string writeGroupNorm(
    OnnxGraph& onnx,
    const Shape& shape,
    const NormAttributes& attributes,
    const std::string& src,
    const std::string& scale,
    const std::string& shift,
    const std::string& layer);
/// Of a batch with shape `src` (one sample) to `target`.
std::string writeReshape(
    OnnxGraph& onnx, const Shape& shape, Shape target, const std::string& src, const std::string& layer);
std::string writeSoftmax(
    OnnxGraph& onnx, const Shape& shape, bool isCausal, const std::string& src, const std::string& layer);
/// Of more than two axes.
std::string writeMatMul(
    OnnxGraph& onnx,
    const MatMulAttributes& attributes,
    std::size_t rank,
    const std::string& left,
    const std::string& right,
    const std::string& layer);
std::string writeSlice(OnnxGraph& onnx, const SliceAttributes& attributes, const std::string& src, const std::string& layer);
std::string writePad(
    OnnxGraph& onnx,
    const Shape& shape,
    const SliceAttributes& attributes,
    const std::string& src,
    const std::string& layer);
std::string writeSumAxis(OnnxGraph& onnx, std::int64_t axis, const std::string& src, const std::string& layer);
std::string writeRepeatAxis(
    OnnxGraph& onnx,
    const RepeatAttributes& attributes,
    std::size_t rank,
    const std::string& src,
    const std::string& layer);
std::string writeUpsample(
    OnnxGraph& onnx, const UpsampleAttributes& attributes, const std::string& src, const std::string& layer);

/// The parameters of a recurrent layer, in the engine's order of gates.
struct RecurrentParameters {
    std::string prefix; ///< of the names in the file
    std::span<const float> weight;
    std::span<const float> recurrent;
    std::span<const float> bias;
    std::int64_t units = 0;
};

/// All steps of one direction, beginning with zeros. `type`: LSTM, GRU or RNN.
std::string writeRecurrent(
    OnnxGraph& onnx,
    const std::string& type,
    const RecurrentAttributes& attributes,
    const std::string& src,
    const RecurrentParameters& parameters);

} // namespace ty::engine
