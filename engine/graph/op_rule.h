#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/graph/graph.h"

namespace ty::engine {

struct ValueSpec {
    Shape shape;
    DType dtype = DType::Float32;
};

/// Which layout a node's picture values have.
enum class LayoutRule : std::uint8_t {
    Plain,  ///< rows in {N, C, H, W} order
    Follow, ///< any, but all its pictures the same one: that of its first picture
    Chosen, ///< the backend's kernel decides
    Any,    ///< reads any layout; its results are not pictures
};

/// How an op is written in an ONNX file (opset 17): type and attributes. Inputs and outputs are the node's own.
struct OnnxForm {
    std::string type;
    Json attributes = Json::object();
};

class GradientBuilder;

/// All there is to know about one kind of op apart from how to compute it.
struct OpRule {
    const char* name = "";
    /// Shapes of the results. Messages name the shapes, not the layer.
    Result<std::vector<ValueSpec>> (*infer)(const std::vector<const Value*>& inputs, const Attributes& attributes) = nullptr;
    /// Appends the gradient's nodes. Null: no gradient (metrics, gradients of gradients).
    void (*differentiate)(GradientBuilder& builder, const Node& node) = nullptr;
    /// Null: never part of an inference graph.
    OnnxForm (*onnx)(const Node& node) = nullptr;
    LayoutRule layout = LayoutRule::Plain;
};

const OpRule& ruleOf(OpKind kind);

} // namespace ty::engine
