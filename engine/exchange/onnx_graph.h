#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

struct OnnxAttribute {
    std::string name;
    std::variant<std::int64_t, float, std::vector<std::int64_t>, std::vector<float>, std::vector<std::string>, std::string>
        value;
};

/// An ONNX model while it is being written: names are made unique, values are referred to by name.
class OnnxGraph {
public:
    explicit OnnxGraph(const OnnxOptions& options);
    OnnxGraph(const OnnxGraph&) = delete;
    OnnxGraph& operator=(const OnnxGraph&) = delete;
    ~OnnxGraph();

    int opset() const { return m_opset; }
    void addInput(const OnnxPort& port);
    void addOutput(const OnnxPort& port);
    void setMetadata(const std::string& key, const std::string& value);

    /// Constants. `hint` is the wanted name; the result is the name it got.
    std::string floats(const std::string& hint, const Shape& shape, std::span<const float> values);
    std::string doubles(const std::string& hint, const Shape& shape, std::span<const double> values);
    std::string integers(const std::string& hint, const Shape& shape, std::span<const std::int64_t> values);
    std::string texts(const std::string& hint, const Shape& shape, std::span<const std::string> values);

    /// A node with one output; returns the output's name. `type` may be of ai.onnx.ml: "ai.onnx.ml:OneHotEncoder".
    std::string node(
        const std::string& type,
        const std::vector<std::string>& inputs,
        const std::vector<OnnxAttribute>& attributes,
        const std::string& hint);
    /// Cast to 1 (float32), 7 (int64) or 11 (float64), the numbers of TensorProto.DataType.
    std::string cast(const std::string& value, std::int64_t dataType, const std::string& hint);
    /// States the type and shape of a float32 value where ONNX's inference has no rule for the operator that makes it.
    void describe(const std::string& value, const Shape& shape);
    /// Gives `value` the name of an output of the graph.
    void nameOutput(const std::string& value, const std::string& output);

    int irVersion() const;
    /// The model's bytes, after ONNX's checker and strict shape inference have passed on exactly these bytes.
    Result<std::string> finish() const;

private:
    std::string uniqueName(const std::string& hint);

    struct Content;
    std::unique_ptr<Content> m_content;
    std::set<std::string> m_names;
    int m_opset;
};

/// ONNX's checker and strict shape inference. Errors: InvalidInput with what they say.
Result<void> checkOnnxBytes(std::string_view bytes);

} // namespace ty::engine
