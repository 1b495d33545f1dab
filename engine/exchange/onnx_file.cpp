#include "engine/exchange/onnx_file.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
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

constexpr const char* kGetAgain = "Get the file again.";

Error notAModel(const std::string& what, const std::string& reason, const std::string& advice)
{
    return Error{ErrorKind::InvalidInput, fmt::format("{}: no ONNX model: {}", what, reason), advice};
}

/// The number that a message of protobuf has at `place`, which moves behind it.
std::optional<std::uint64_t> readVarint(std::string_view bytes, std::size_t& place)
{
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && place < bytes.size(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(bytes[place++]);
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if (byte < 0x80U) {
            return value;
        }
    }
    return std::nullopt;
}

/// How long a model is, as far as its outermost fields say, if they begin as those of a model do; nothing otherwise.
std::optional<std::uint64_t> claimedBytes(std::string_view bytes)
{
    std::size_t place = 0;
    for (bool isFirst = true; place < bytes.size(); isFirst = false) {
        const auto tag = readVarint(bytes, place);
        const std::uint64_t field = tag.value_or(0) >> 3U;
        const std::uint64_t form = tag.value_or(0) & 7U;
        // ModelProto: ir_version (1) and model_version (5) are numbers, all others have a length; graph is 7.
        const bool isNumber = field == 1 || field == 5;
        const bool isKnown = field >= 1 && field <= 25 && form == (isNumber ? 0U : 2U);
        if (!isKnown || (isFirst && field > 8)) {
            return std::nullopt;
        }
        const auto value = readVarint(bytes, place);
        if (!value) {
            return std::nullopt;
        }
        if (!isNumber && *value > bytes.size() - place) {
            return place + *value;
        }
        place += isNumber ? 0 : static_cast<std::size_t>(*value);
    }
    return bytes.size();
}

/// What bytes are that are no model.
/// @param isMessage  protobuf can read them, but there is no graph
Error unreadable(std::string_view bytes, const std::string& what, bool isMessage)
{
    if (bytes.empty()) {
        return notAModel(what, "the file is empty", "It was not written or not downloaded. " + std::string(kGetAgain));
    }
    const auto begin = bytes.find_first_not_of(" \t\r\n");
    std::string start(begin == std::string_view::npos ? std::string_view() : bytes.substr(begin, 40));
    std::transform(start.begin(), start.end(), start.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    if (start.starts_with("<!doctype") || start.starts_with("<html")) {
        return notAModel(
            what, "it is a web page (HTML)",
            "A page was downloaded in place of the file, often one that asks to sign in or says what is wrong; open it in a browser.");
    }
    if (start.starts_with("version https://git-lfs")) {
        return notAModel(what, "it is the pointer that Git LFS keeps in place of the file", "Fetch the file itself: git lfs pull.");
    }
    constexpr std::uint64_t kMost = std::uint64_t{1} << 31U; // an ONNX file's limit; beyond, it is no length
    if (const auto claimed = claimedBytes(bytes); claimed && *claimed > bytes.size() && *claimed <= kMost) {
        return notAModel(
            what, fmt::format("it ends in the middle: {} bytes are there, {} or more are expected", bytes.size(), *claimed),
            "The download or the copy was broken off. " + std::string(kGetAgain));
    }
    return notAModel(
        what, isMessage ? "it holds no graph" : "its bytes cannot be read as one",
        "It is damaged, only a part, or a file of another kind. Get it again, or choose another file.");
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
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return notAModel(what, "it is larger than 2 GiB, which no ONNX file can be", "Save large weights in another format.");
    }
    const bool isMessage = !bytes.empty() && model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    if (!isMessage || !model.has_graph()) {
        return unreadable(bytes, what, isMessage);
    }
    auto file = readModel(model);
    if (!file) {
        return std::move(file).error().withContext(what);
    }
    return file;
}

} // namespace ty::engine
