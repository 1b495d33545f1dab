#include "engine/exchange/onnx_graph.h"

#include <algorithm>
#include <exception>
#include <limits>

#include <fmt/format.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

namespace ty::engine {

namespace {

constexpr const char* kMlDomain = "ai.onnx.ml";
constexpr const char* kMlPrefix = "ai.onnx.ml:";
constexpr int kMlOpset = 2;
constexpr int kFirstOpsetOfIr8 = 15;

void setPort(onnx::ValueInfoProto& info, const OnnxPort& port)
{
    info.set_name(port.name);
    auto* tensor = info.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(port.dtype == "string" ? onnx::TensorProto::STRING : onnx::TensorProto::FLOAT);
    for (const auto extent : port.shape) {
        auto* dimension = tensor->mutable_shape()->add_dim();
        if (extent < 0) {
            dimension->set_dim_param("N");
        } else {
            dimension->set_dim_value(extent);
        }
    }
}

void setAttribute(onnx::AttributeProto& proto, const OnnxAttribute& attribute)
{
    proto.set_name(attribute.name);
    if (const auto* integer = std::get_if<std::int64_t>(&attribute.value)) {
        proto.set_type(onnx::AttributeProto::INT);
        proto.set_i(*integer);
    } else if (const auto* number = std::get_if<float>(&attribute.value)) {
        proto.set_type(onnx::AttributeProto::FLOAT);
        proto.set_f(*number);
    } else if (const auto* text = std::get_if<std::string>(&attribute.value)) {
        proto.set_type(onnx::AttributeProto::STRING);
        proto.set_s(*text);
    } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&attribute.value)) {
        proto.set_type(onnx::AttributeProto::INTS);
        for (const auto value : *integers) {
            proto.add_ints(value);
        }
    } else if (const auto* numbers = std::get_if<std::vector<float>>(&attribute.value)) {
        proto.set_type(onnx::AttributeProto::FLOATS);
        for (const auto value : *numbers) {
            proto.add_floats(value);
        }
    } else if (const auto* texts = std::get_if<std::vector<std::string>>(&attribute.value)) {
        proto.set_type(onnx::AttributeProto::STRINGS);
        for (const auto& value : *texts) {
            proto.add_strings(value);
        }
    }
}

onnx::TensorProto& newTensor(onnx::GraphProto& graph, const std::string& name, int type, const Shape& shape)
{
    auto& tensor = *graph.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const auto extent : shape) {
        tensor.add_dims(extent);
    }
    return tensor;
}

} // namespace

struct OnnxGraph::Content {
    onnx::ModelProto model;
    bool usesMl = false;
};

OnnxGraph::OnnxGraph(const OnnxOptions& options) : m_content(std::make_unique<Content>()), m_opset(options.opset)
{
    auto& model = m_content->model;
    model.set_ir_version(irVersion());
    model.set_producer_name("Trainyard");
    model.set_doc_string(options.description);
    model.mutable_graph()->set_name(options.name.empty() ? "trainyard" : options.name);
    auto* core = model.add_opset_import();
    core->set_domain("");
    core->set_version(m_opset);
}

OnnxGraph::~OnnxGraph() = default;

int OnnxGraph::irVersion() const
{
    return m_opset >= kFirstOpsetOfIr8 ? 8 : 7;
}

void OnnxGraph::addInput(const OnnxPort& port)
{
    m_names.insert(port.name);
    setPort(*m_content->model.mutable_graph()->add_input(), port);
}

void OnnxGraph::addOutput(const OnnxPort& port)
{
    m_names.insert(port.name);
    setPort(*m_content->model.mutable_graph()->add_output(), port);
}

void OnnxGraph::setMetadata(const std::string& key, const std::string& value)
{
    auto* entry = m_content->model.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
}

std::string OnnxGraph::uniqueName(const std::string& hint)
{
    std::string name = hint;
    for (int number = 2; !m_names.insert(name).second; ++number) {
        name = fmt::format("{}_{}", hint, number);
    }
    return name;
}

std::string OnnxGraph::floats(const std::string& hint, const Shape& shape, std::span<const float> values)
{
    const auto name = uniqueName(hint);
    auto& tensor = newTensor(*m_content->model.mutable_graph(), name, onnx::TensorProto::FLOAT, shape);
    tensor.set_raw_data(values.data(), values.size_bytes());
    return name;
}

std::string OnnxGraph::doubles(const std::string& hint, const Shape& shape, std::span<const double> values)
{
    const auto name = uniqueName(hint);
    auto& tensor = newTensor(*m_content->model.mutable_graph(), name, onnx::TensorProto::DOUBLE, shape);
    tensor.set_raw_data(values.data(), values.size_bytes());
    return name;
}

std::string OnnxGraph::integers(const std::string& hint, const Shape& shape, std::span<const std::int64_t> values)
{
    const auto name = uniqueName(hint);
    auto& tensor = newTensor(*m_content->model.mutable_graph(), name, onnx::TensorProto::INT64, shape);
    tensor.set_raw_data(values.data(), values.size_bytes());
    return name;
}

std::string OnnxGraph::texts(const std::string& hint, const Shape& shape, std::span<const std::string> values)
{
    const auto name = uniqueName(hint);
    auto& tensor = newTensor(*m_content->model.mutable_graph(), name, onnx::TensorProto::STRING, shape);
    for (const auto& value : values) {
        tensor.add_string_data(value);
    }
    return name;
}

std::string OnnxGraph::node(
    const std::string& type,
    const std::vector<std::string>& inputs,
    const std::vector<OnnxAttribute>& attributes,
    const std::string& hint)
{
    const auto output = uniqueName(hint);
    auto& node = *m_content->model.mutable_graph()->add_node();
    node.set_name(output);
    if (type.starts_with(kMlPrefix)) {
        node.set_op_type(type.substr(std::string_view(kMlPrefix).size()));
        node.set_domain(kMlDomain);
        if (!m_content->usesMl) {
            m_content->usesMl = true;
            auto* import = m_content->model.add_opset_import();
            import->set_domain(kMlDomain);
            import->set_version(kMlOpset);
        }
    } else {
        node.set_op_type(type);
    }
    for (const auto& input : inputs) {
        node.add_input(input);
    }
    node.add_output(output);
    for (const auto& attribute : attributes) {
        setAttribute(*node.add_attribute(), attribute);
    }
    return output;
}

std::string OnnxGraph::cast(const std::string& value, std::int64_t dataType, const std::string& hint)
{
    return node("Cast", {value}, {{"to", dataType}}, hint);
}

void OnnxGraph::describe(const std::string& value, const Shape& shape)
{
    setPort(*m_content->model.mutable_graph()->add_value_info(), {value, "float32", shape});
}

void OnnxGraph::nameOutput(const std::string& value, const std::string& output)
{
    auto& graph = *m_content->model.mutable_graph();
    auto& node = *graph.add_node();
    node.set_name(output + "_output");
    node.set_op_type("Identity");
    node.add_input(value);
    node.add_output(output);
}

Result<std::string> OnnxGraph::finish() const
{
    if (m_content->model.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return Error{ErrorKind::Unsupported, "an ONNX file cannot be larger than 2 GiB", "Choose a smaller network, or safetensors."};
    }
    std::string bytes;
    if (!m_content->model.SerializeToString(&bytes)) {
        return Error{ErrorKind::Internal, "the ONNX model cannot be serialised", ""};
    }
    if (auto checked = checkOnnxBytes(bytes); !checked) {
        Error error = std::move(checked).error();
        error.kind = ErrorKind::Internal;
        return std::move(error).withContext("the ONNX checker refuses the exported model");
    }
    return bytes;
}

Result<void> checkOnnxBytes(std::string_view bytes)
{
    // The only place where ONNX's own code runs; it reports by exceptions.
    try {
        onnx::ModelProto model;
        if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())
            || !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
            return Error{ErrorKind::InvalidInput, "these bytes are no ONNX model", ""};
        }
        onnx::checker::check_model(model);
        const onnx::ShapeInferenceOptions strict(true, 1, true);
        onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), strict);
    } catch (const std::exception& exception) {
        return Error{ErrorKind::InvalidInput, exception.what(), ""};
    }
    return {};
}

} // namespace ty::engine
