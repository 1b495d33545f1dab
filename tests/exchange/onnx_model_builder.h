#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace ty::testing {

/// Writes ONNX files, sound or not: nothing is checked. The graph begins with an input "x" {batch, 4} and ends with "y".
class OnnxModelBuilder {
public:
    explicit OnnxModelBuilder(std::vector<std::int64_t> sample = {4});

    onnx::ModelProto model;

    onnx::NodeProto& node(
        const std::string& type, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);
    /// float32 with every value 0.5.
    onnx::TensorProto& weights(const std::string& name, const std::vector<std::int64_t>& dims);
    onnx::TensorProto& integers(const std::string& name, const std::vector<std::int64_t>& values);
    static void set(onnx::NodeProto& node, const std::string& attribute, std::int64_t value);
    static void set(onnx::NodeProto& node, const std::string& attribute, const std::vector<std::int64_t>& values);
    static void set(onnx::NodeProto& node, const std::string& attribute, const std::string& text);
    static void setReal(onnx::NodeProto& node, const std::string& attribute, float value);
    std::string bytes() const { return model.SerializeAsString(); }
};

} // namespace ty::testing
