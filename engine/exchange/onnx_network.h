#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/model_description.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

class OnnxGraph;

/// Adds the network as ONNX nodes: the engine's own inference graph, node by node in the form that each op gives for
/// itself, so that the file computes what the engine computes.
/// @param input  name of the encoded batch {N, ...model.input}
/// @return       name of the last layer's value {N, outputs}
/// Errors: InvalidInput for a missing parameter or one of the wrong shape or dtype, naming it; whatever lowerNetwork
/// says; Unsupported for an op without an ONNX form, naming the layer.
Result<std::string> addNetwork(
    OnnxGraph& graph, const ModelDescription& model, const std::vector<NamedTensor>& parameters, const std::string& input);

} // namespace ty::engine
