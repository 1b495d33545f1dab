#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/exchange/onnx_kernels.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// An input or output of a graph as it is declared.
struct OnnxDeclared {
    std::string name;
    int elementType = 0;  ///< TensorProto.DataType; 0: not a tensor, or not said
    bool hasShape = false;
    Shape shape;          ///< -1: any extent
};

/// An ONNX file free of protobuf.
struct OnnxFile {
    int irVersion = 0;
    int opset = 0; ///< of the main domain
    std::map<std::string, OnnxArray> constants; ///< initialisers: float16 is refused, small integers are widened to int64
    std::vector<OnnxNode> nodes;
    std::vector<OnnxDeclared> inputs; ///< without those that are constants
    std::vector<OnnxDeclared> outputs;
    std::map<std::string, std::string> metadata;

    /// Bytes that nobody vouches for; nothing much larger than `bytes` is allocated. Constants that lie in other files are
    /// refused. Errors: InvalidInput for bytes that are no ONNX model, saying what they seem to be (nothing, a web page, a part of
    /// a model), or that do not hold what they say, naming `what`.
    static Result<OnnxFile> parse(std::string_view bytes, const std::string& what);
};

/// A name from a file, fit for a message or a layer: printable and not long.
std::string onnxShown(const std::string& name);
/// What a graph must be before its nodes are read: every value is given once, and before it is used.
/// Errors: InvalidInput naming the value and the node.
Result<void> checkOnnxGraph(const OnnxFile& file);

} // namespace ty::engine
