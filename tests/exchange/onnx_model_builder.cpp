#include "tests/exchange/onnx_model_builder.h"

namespace ty::testing {

OnnxModelBuilder::OnnxModelBuilder(std::vector<std::int64_t> sample)
{
    model.set_ir_version(7);
    model.add_opset_import()->set_version(13);
    auto& graph = *model.mutable_graph();
    auto& input = *graph.add_input();
    input.set_name("x");
    auto& tensor = *input.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(onnx::TensorProto::FLOAT);
    tensor.mutable_shape()->add_dim()->set_dim_param("batch");
    for (const auto extent : sample) {
        tensor.mutable_shape()->add_dim()->set_dim_value(extent);
    }
    auto& output = *graph.add_output();
    output.set_name("y");
    output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
}

onnx::NodeProto& OnnxModelBuilder::node(
    const std::string& type, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs)
{
    auto& node = *model.mutable_graph()->add_node();
    node.set_op_type(type);
    node.set_name(type + " of " + outputs.front());
    for (const auto& input : inputs) {
        node.add_input(input);
    }
    for (const auto& output : outputs) {
        node.add_output(output);
    }
    return node;
}

onnx::TensorProto& OnnxModelBuilder::weights(const std::string& name, const std::vector<std::int64_t>& dims)
{
    auto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    std::int64_t count = 1;
    for (const auto extent : dims) {
        tensor.add_dims(extent);
        count *= extent;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        tensor.add_float_data(0.5F);
    }
    return tensor;
}

onnx::TensorProto& OnnxModelBuilder::integers(const std::string& name, const std::vector<std::int64_t>& values)
{
    auto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const auto value : values) {
        tensor.add_int64_data(value);
    }
    return tensor;
}

void OnnxModelBuilder::set(onnx::NodeProto& node, const std::string& attribute, std::int64_t value)
{
    auto& entry = *node.add_attribute();
    entry.set_name(attribute);
    entry.set_type(onnx::AttributeProto::INT);
    entry.set_i(value);
}

void OnnxModelBuilder::set(onnx::NodeProto& node, const std::string& attribute, const std::vector<std::int64_t>& values)
{
    auto& entry = *node.add_attribute();
    entry.set_name(attribute);
    entry.set_type(onnx::AttributeProto::INTS);
    for (const auto value : values) {
        entry.add_ints(value);
    }
}

void OnnxModelBuilder::set(onnx::NodeProto& node, const std::string& attribute, const std::string& text)
{
    auto& entry = *node.add_attribute();
    entry.set_name(attribute);
    entry.set_type(onnx::AttributeProto::STRING);
    entry.set_s(text);
}

void OnnxModelBuilder::setReal(onnx::NodeProto& node, const std::string& attribute, float value)
{
    auto& entry = *node.add_attribute();
    entry.set_name(attribute);
    entry.set_type(onnx::AttributeProto::FLOAT);
    entry.set_f(value);
}

} // namespace ty::testing
