#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/exchange/onnx_file.h"
#include "engine/exchange/onnx_kernels.h"
#include "engine/exchange/onnx_view.h"
#include "engine/nn/layer_lowering.h"
#include "engine/nn/lowering.h"
#include "engine/nn/model_description.h"

namespace ty::engine {

/// A value of the file that the network computes.
struct OnnxActivation {
    std::string layer; ///< that gives it, or "input"
    Shape base;        ///< the layer's result, without the batch
    OnnxView view;
    bool isSole = false; ///< nothing else uses the layer's result
};

/// A layer while a file is being read.
struct OnnxLayer {
    LayerDescription description;
    std::map<std::string, Tensor> parameters; ///< "weight", "bias", ...
    bool isOpen = false; ///< attention whose projection of the result is still the identity
};

/// The layers that a file becomes. Every layer is checked by the engine itself as it is added.
class OnnxLayers {
public:
    OnnxLayers(const Shape& input, std::int64_t batch);

    OnnxActivation input() const;
    OnnxLayer* find(const std::string& layer);
    /// Of an axis of a layer's result, from 1; 0 if there is none.
    std::int64_t extent(const std::string& layer, std::size_t axis) const;

    /// Adds a layer; `hint` is its wanted name. The result's axes are the layer's, after the batch.
    Result<OnnxActivation> add(
        const std::string& hint, const std::string& type, const std::vector<std::string>& inputs, Json settings);
    /// A layer on each element; the view stays.
    Result<OnnxActivation> mapped(
        const std::string& hint, const std::string& type, const OnnxActivation& value, Json settings);

    /// A reshape or transpose layer; one that does the same to the same input is taken again, so that queries, keys and
    /// values of one sequence are seen to come from one layer.
    Result<OnnxActivation> moved(
        const std::string& hint, const std::string& type, const std::string& input, Json settings);

    /// Brings the value's parts into layer axes, one for each group, by reshapes and transposes where there is need. The
    /// view still is what the file sees.
    Result<OnnxActivation> arranged(
        const std::string& hint, const OnnxActivation& value, const std::vector<AxisParts>& groups);
    /// One layer axis for each axis of the file but the batch, in order. Errors: Unsupported if the batch is merged with
    /// other axes.
    Result<OnnxActivation> plain(const std::string& hint, const OnnxActivation& value);

    /// value * factor + shift with constants that broadcast to the value; `factor` or `shift` may be null. Becomes part of
    /// the layer before where that is possible.
    Result<OnnxActivation> affine(
        const std::string& hint, const OnnxActivation& value, const OnnxArray* factor, const OnnxArray* shift);

    /// The network that ends with `output`, without layers that do not lead there.
    Result<ModelDescription> model(const std::string& output) const;
    std::vector<NamedTensor> parameters(const ModelDescription& model) const;
    /// Elements of the parameters of all layers.
    std::int64_t parameterElements();

private:
    std::string uniqueName(const std::string& hint);
    /// A factor and a shift for each unit, filter or channel become part of the layer's parameters.
    static void fold(OnnxLayer& layer, const std::vector<float>& factor, const std::vector<float>& shift);

    Shape m_input;
    std::int64_t m_batch;
    LoweredNetwork m_network;
    LayerLowering m_lowering;
    std::map<std::string, ValueId> m_values;
    std::vector<OnnxLayer> m_layers;
    std::size_t m_counted = 0;             ///< layers whose parameters are in m_elements
    std::int64_t m_elements = 0;
    std::map<std::string, std::size_t> m_places; ///< of layers in m_layers
    std::map<std::tuple<std::string, std::string, std::string>, std::string> m_moves; ///< input, type, settings: the layer
    std::map<std::string, int> m_names; ///< and the last number that each was given apart by
};

/// Values as float32. Errors: InvalidInput for texts.
Result<std::vector<float>> onnxFloats(const OnnxArray& array);
Tensor onnxTensor(const Shape& shape, const std::vector<float>& values);
/// The number that a person would have written: 1e-5, not 9.9999997e-06. The same in float32.
double onnxReal(float value);
Error onnxUnsupported(const std::string& message, const std::string& advice = {});

} // namespace ty::engine
