#include "engine/exchange/onnx_file.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxConstant = std::int64_t{1} << 29; // 2 GiB of float32: more than protobuf can hold
constexpr int kMaxNodes = 100'000;

/// Values of one element type: packed in raw_data (little-endian, as the machines we run on), or listed.
template<typename T, typename To = T, typename List>
Result<OnnxArray::Data> tensorData(const onnx::TensorProto& tensor, const List& list, std::size_t size)
{
    std::vector<To> values;
    if (tensor.has_raw_data()) {
        if (tensor.raw_data().size() != size * sizeof(T)) {
            return onnxError(fmt::format(
                "constant \"{}\" has {} bytes, expected {}", onnxShown(tensor.name()), tensor.raw_data().size(), size * sizeof(T)));
        }
        values.resize(size);
        for (std::size_t i = 0; i < size; ++i) {
            T value{};
            std::memcpy(&value, tensor.raw_data().data() + i * sizeof(T), sizeof(T));
            values[i] = static_cast<To>(value);
        }
    } else {
        if (static_cast<std::size_t>(list.size()) != size) {
            return onnxError(
                fmt::format("constant \"{}\" has {} values, expected {}", onnxShown(tensor.name()), list.size(), size));
        }
        values.reserve(size);
        for (const auto value : list) {
            values.push_back(static_cast<To>(value));
        }
    }
    return OnnxArray::Data(std::move(values));
}

Result<std::size_t> constantSize(const Shape& shape)
{
    std::int64_t size = 1;
    for (const auto extent : shape) {
        if (extent < 0 || __builtin_mul_overflow(size, extent, &size) || size > kMaxConstant) {
            return onnxError(fmt::format("a value of shape {} is not possible", toString(shape)));
        }
    }
    return static_cast<std::size_t>(size);
}

Result<OnnxArray::Data> dataOf(const onnx::TensorProto& tensor, std::size_t size)
{
    switch (tensor.data_type()) {
    case onnx::TensorProto::FLOAT: return tensorData<float>(tensor, tensor.float_data(), size);
    case onnx::TensorProto::DOUBLE: return tensorData<double>(tensor, tensor.double_data(), size);
    case onnx::TensorProto::INT64: return tensorData<std::int64_t>(tensor, tensor.int64_data(), size);
    case onnx::TensorProto::INT32:
        return tensorData<std::int32_t, std::int64_t>(tensor, tensor.int32_data(), size);
    case onnx::TensorProto::BOOL: return tensorData<std::uint8_t>(tensor, tensor.int32_data(), size);
    case onnx::TensorProto::STRING:
        if (static_cast<std::size_t>(tensor.string_data_size()) != size) {
            return onnxError(fmt::format(
                "constant \"{}\" has {} texts, expected {}", onnxShown(tensor.name()), tensor.string_data_size(), size));
        }
        return OnnxArray::Data(std::vector<std::string>(tensor.string_data().begin(), tensor.string_data().end()));
    default:
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("constant \"{}\" has data type {}", onnxShown(tensor.name()), tensor.data_type()),
            "Export the model in float32."};
    }
}

Result<OnnxArray> readTensor(const onnx::TensorProto& tensor)
{
    OnnxArray array;
    array.shape.assign(tensor.dims().begin(), tensor.dims().end());
    TY_TRY(const auto size, constantSize(array.shape));
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("constant \"{}\" lies in another file", onnxShown(tensor.name())),
            "Save the model as one file: onnx.save_model(model, path, save_as_external_data=False)."};
    }
    TY_TRY(array.data, dataOf(tensor, size));
    return array;
}

Result<OnnxNode> readNode(const onnx::NodeProto& proto)
{
    OnnxNode node;
    node.type = proto.domain().empty() || proto.domain() == "ai.onnx" ? proto.op_type()
                                                                      : proto.domain() + ":" + proto.op_type();
    node.name = proto.name();
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    for (const auto& attribute : proto.attribute()) {
        switch (attribute.type()) {
        case onnx::AttributeProto::INT: node.integers[attribute.name()] = attribute.i(); break;
        case onnx::AttributeProto::FLOAT: node.floats[attribute.name()] = attribute.f(); break;
        case onnx::AttributeProto::INTS:
            node.integerLists[attribute.name()].assign(attribute.ints().begin(), attribute.ints().end());
            break;
        case onnx::AttributeProto::FLOATS:
            node.floatLists[attribute.name()].assign(attribute.floats().begin(), attribute.floats().end());
            break;
        case onnx::AttributeProto::STRING: node.texts[attribute.name()] = attribute.s(); break;
        case onnx::AttributeProto::STRINGS:
            node.textLists[attribute.name()].assign(attribute.strings().begin(), attribute.strings().end());
            break;
        case onnx::AttributeProto::TENSOR: {
            TY_TRY(node.tensors[attribute.name()], readTensor(attribute.t()));
            break;
        }
        default: break; // a kernel asks for what it needs; checking unknown attributes is the checker's work
        }
    }
    return node;
}

OnnxDeclared declared(const onnx::ValueInfoProto& info)
{
    OnnxDeclared result{info.name(), 0, false, {}};
    if (info.has_type() && info.type().has_tensor_type()) {
        const auto& tensor = info.type().tensor_type();
        result.elementType = tensor.elem_type();
        result.hasShape = tensor.has_shape();
        for (const auto& extent : tensor.shape().dim()) {
            result.shape.push_back(extent.has_dim_value() ? extent.dim_value() : -1);
        }
    }
    return result;
}

Result<OnnxFile> readModel(const onnx::ModelProto& model)
{
    OnnxFile file;
    file.irVersion = static_cast<int>(model.ir_version());
    for (const auto& entry : model.opset_import()) {
        if ((entry.domain().empty() || entry.domain() == "ai.onnx") && entry.version() <= std::numeric_limits<int>::max()) {
            file.opset = static_cast<int>(entry.version());
        }
    }
    for (const auto& entry : model.metadata_props()) {
        file.metadata[entry.key()] = entry.value();
    }
    const auto& graph = model.graph();
    for (const auto& tensor : graph.initializer()) {
        if (file.constants.contains(tensor.name())) {
            return onnxError(fmt::format("the value \"{}\" is given twice", onnxShown(tensor.name())));
        }
        TY_TRY(file.constants[tensor.name()], readTensor(tensor));
    }
    if (graph.node_size() > kMaxNodes) {
        return onnxError(fmt::format("more than {} nodes", kMaxNodes));
    }
    for (const auto& proto : graph.node()) {
        TY_TRY(file.nodes.emplace_back(), readNode(proto));
    }
    for (const auto& input : graph.input()) {
        if (!file.constants.contains(input.name())) {
            file.inputs.push_back(declared(input));
        }
    }
    for (const auto& output : graph.output()) {
        file.outputs.push_back(declared(output));
    }
    return file;
}

} // namespace

std::string onnxShown(const std::string& name)
{
    constexpr std::size_t kMaxShown = 100;
    std::string shown = name.substr(0, kMaxShown);
    for (char& letter : shown) {
        if (letter < ' ' || letter > '~' || letter == '"') {
            letter = '_';
        }
    }
    return name.size() > kMaxShown ? shown + "..." : shown;
}

Result<void> checkOnnxGraph(const OnnxFile& file)
{
    std::set<std::string> given;
    const auto give = [&given](const std::string& name) -> Result<void> {
        if (name.empty() || given.insert(name).second) {
            return {};
        }
        return onnxError(fmt::format("the value \"{}\" is given twice", onnxShown(name)));
    };
    for (const auto& [name, array] : file.constants) {
        TY_CHECK(give(name));
    }
    for (const auto& input : file.inputs) {
        TY_CHECK(give(input.name));
    }
    std::set<std::string> later;
    for (const auto& node : file.nodes) {
        later.insert(node.outputs.begin(), node.outputs.end());
    }
    for (const auto& node : file.nodes) {
        for (const auto& input : node.inputs) {
            if (!input.empty() && !given.contains(input)) {
                return onnxError(fmt::format(
                    "node \"{}\" ({}): its input \"{}\" {}",
                    onnxShown(node.name),
                    onnxShown(node.type),
                    onnxShown(input),
                    later.contains(input) ? "is computed behind it: the nodes are not in order, or form a circle"
                                          : "is nowhere in the file"));
            }
        }
        for (const auto& output : node.outputs) {
            TY_CHECK(give(output));
        }
    }
    for (const auto& output : file.outputs) {
        if (!given.contains(output.name)) {
            return onnxError(fmt::format("the output \"{}\" is nowhere in the graph", onnxShown(output.name)));
        }
    }
    return {};
}

Result<OnnxFile> OnnxFile::parse(std::string_view bytes, const std::string& what)
{
    onnx::ModelProto model;
    if (bytes.empty() || bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())
        || !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !model.has_graph()) {
        return Error{ErrorKind::InvalidInput, what + ": no ONNX model", "Choose a file that ends in .onnx."};
    }
    auto file = readModel(model);
    if (!file) {
        return std::move(file).error().withContext(what);
    }
    return file;
}

} // namespace ty::engine
