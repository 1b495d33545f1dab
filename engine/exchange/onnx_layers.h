#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/model_description.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

class OnnxGraph;

/// Adds every layer of `model` as ONNX nodes, in inference mode: dropout vanishes, batch normalisation uses its
/// running statistics.
/// @param input  name of the encoded batch {N, ...model.input}
/// @return       name of the last layer's value {N, outputs}
/// Errors: InvalidInput for a missing parameter or one of the wrong shape or dtype, naming it; whatever
/// readLayerSettings says; Unsupported for a layer type without an ONNX form.
Result<std::string> addLayers(
    OnnxGraph& graph, const ModelDescription& model, const std::vector<NamedTensor>& parameters, const std::string& input);

} // namespace ty::engine
