#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/model_description.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

struct OnnxImportOptions {
    Shape inputShape;   ///< without the batch; counts where the file leaves extents open, and must agree with the others
    std::string output; ///< the value to end with; empty: the first output that is a number
};

/// What the file's last operator made of the network's values. Training and predicting by a loss do it themselves. A softmax
/// before the last one is a layer, with a "scale" of 1 behind it: a network must not end with a softmax.
enum class OnnxOutput : std::uint8_t { Values, Softmax, LogSoftmax, Sigmoid };

/// A network that another program, or this one, has written.
struct ImportedNetwork {
    ModelDescription model;
    std::vector<NamedTensor> parameters; ///< exactly those that the model has: TrainingSession::setParameters takes them
    OnnxOutput output = OnnxOutput::Values; ///< left out of the model
    std::string inputName;
    std::string outputName;
    std::vector<std::string> otherOutputs; ///< outputs of the file that are such numbers too and are not read
    /// Written by this program: the network begins behind the preparation of samples, with what an Encoder gives, and ends
    /// before labels are named.
    bool isPrepared = false;
    /// The file takes pictures with their channels last, as TensorFlow does; the model takes them first.
    bool isChannelsLast = false;
    std::vector<std::string> columns; ///< names of the model's inputs, if the file has an input for each
    std::vector<std::string> classes; ///< named by an operator of the file, in the order of the outputs
    int opset = 0;
    int irVersion = 0;
    std::map<std::string, std::string> metadata;
};

/// Reads an ONNX file (opset 9 to 21, IR up to 10) as a network of our layers. Names of weights and nodes name the layers.
/// Files are hostile until read: sizes, counts and shapes are checked, constants in other files are refused, and the
/// result has been checked by the engine. One thread; no state.
/// Errors: NotFound, Io; InvalidInput for bytes that are no sound model, or weights that are not finite, by name; Unsupported
/// naming all unknown operators with their nodes at once, or the node that is used in a way that no layer has.
Result<ImportedNetwork> importOnnx(const std::string& file, const OnnxImportOptions& options);
/// The same from memory; `what` names the source in messages.
Result<ImportedNetwork> importOnnxBytes(
    std::string_view bytes, const std::string& what, const OnnxImportOptions& options);

} // namespace ty::engine
