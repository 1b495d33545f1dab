#include "engine/exchange/onnx_network.h"

#include <array>
#include <cstdint>
#include <map>
#include <numbers>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_graph.h"
#include "engine/graph/graph.h"
#include "engine/graph/op_rule.h"
#include "engine/nn/lowering.h"

namespace ty::engine {

namespace {

/// The graph's shapes are static: it is lowered for one sample, and the file says that the batch stays what it is.
constexpr std::int64_t kBatch = 1;
constexpr std::int64_t kSameAsInput = 0; // of Reshape

std::vector<OnnxAttribute> onnxAttributes(const Json& json)
{
    std::vector<OnnxAttribute> attributes;
    for (const auto& [name, value] : json.items()) {
        if (value.is_array()) {
            attributes.push_back({name, value.get<std::vector<std::int64_t>>()});
        } else if (value.is_number_float()) {
            attributes.push_back({name, value.get<float>()});
        } else {
            attributes.push_back({name, value.get<std::int64_t>()});
        }
    }
    return attributes;
}

/// Writes the nodes of one lowered network.
class NetworkWriter {
public:
    NetworkWriter(OnnxGraph& onnx, const Graph& graph, const std::vector<NamedTensor>& parameters)
        : m_onnx(onnx), m_graph(graph), m_names(graph.values().size()), m_uses(graph.values().size())
    {
        for (const auto& parameter : parameters) {
            m_parameters.emplace(parameter.name, &parameter.tensor);
        }
        for (const auto& node : graph.nodes()) {
            for (const auto input : node.inputs) {
                ++m_uses[static_cast<std::size_t>(input)];
            }
        }
    }

    Result<std::string> write(ValueId input, const std::string& inputName, ValueId output)
    {
        name(input) = inputName;
        const auto& nodes = m_graph.nodes();
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const bool isBiasNext = i + 1 < nodes.size() && takesBias(nodes[i], nodes[i + 1]);
            auto written = isBiasNext ? writeWithBias(nodes[i], nodes[i + 1]) : writeNode(nodes[i]);
            if (!written) {
                return std::move(written).error().withContext(fmt::format("layer \"{}\"", nodes[i].name));
            }
            i += isBiasNext ? 1 : 0;
            name(nodes[i].outputs.front()) = std::move(written).value();
        }
        return name(output);
    }

private:
    std::string& name(ValueId id) { return m_names[static_cast<std::size_t>(id)]; }

    /// Whether `bias` does nothing but add a bias to `node`'s result; Conv and Gemm do that themselves.
    bool takesBias(const Node& node, const Node& bias) const
    {
        return (node.kind == OpKind::MatMul || node.kind == OpKind::Conv2d) && node.inputs.size() == 2
            && bias.kind == OpKind::AddBias && bias.inputs.front() == node.outputs.front()
            && m_uses[static_cast<std::size_t>(node.outputs.front())] == 1;
    }

    Result<std::string> writeWithBias(const Node& node, const Node& bias)
    {
        const auto form = ruleOf(node.kind).onnx(node);
        TY_TRY(auto inputs, operands(node));
        TY_TRY(inputs.emplace_back(), operand(bias.inputs[1], {}));
        return m_onnx.node(form.type, inputs, onnxAttributes(form.attributes), node.name);
    }

    /// An input of a node: a value computed before, or a parameter that now becomes a constant of the file.
    /// `storedAs`: its shape there, where it differs from the engine's.
    Result<std::string> operand(ValueId id, const Shape& storedAs)
    {
        if (!name(id).empty()) {
            return name(id);
        }
        const auto& value = m_graph.value(id);
        const auto found = m_parameters.find(value.name);
        if (found == m_parameters.end()) {
            return Error{ErrorKind::InvalidInput, fmt::format("parameter \"{}\" is missing", value.name), ""};
        }
        const auto& tensor = *found->second;
        if (tensor.dtype() != DType::Float32 || tensor.shape() != value.shape) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "parameter \"{}\" is {} {}, expected float32 {}",
                    value.name,
                    dtypeName(tensor.dtype()),
                    toString(tensor.shape()),
                    toString(value.shape)),
                ""};
        }
        return m_onnx.floats(value.name, storedAs.empty() ? value.shape : storedAs, tensor.floats());
    }

    Result<std::vector<std::string>> operands(const Node& node)
    {
        std::vector<std::string> names;
        for (const auto input : node.inputs) {
            TY_TRY(names.emplace_back(), operand(input, {}));
        }
        return names;
    }

    Result<std::string> writeNode(const Node& node)
    {
        switch (node.kind) {
        case OpKind::AddBias:
            return addBias(node);
        case OpKind::GlobalAveragePool:
            return globalAverage(node);
        case OpKind::Reshape:
            return reshape(node);
        case OpKind::LayerNorm:
            return layerNorm(node);
        case OpKind::Activate:
            return activate(node);
        default:
            break;
        }
        const auto& rule = ruleOf(node.kind);
        if (rule.onnx == nullptr) {
            return Error{ErrorKind::Unsupported, fmt::format("{} has no ONNX form", rule.name), "Export as safetensors."};
        }
        const auto form = rule.onnx(node);
        TY_TRY(const auto inputs, operands(node));
        return m_onnx.node(form.type, inputs, onnxAttributes(form.attributes), node.name);
    }

    Result<std::string> addBias(const Node& node)
    {
        const auto& shape = m_graph.shape(node.inputs.front());
        Shape stored(shape.size() - 1, 1);
        stored.front() = shape[1];
        TY_TRY(const auto value, operand(node.inputs[0], {}));
        TY_TRY(const auto bias, operand(node.inputs[1], stored));
        return m_onnx.node("Add", {value, bias}, {}, node.name);
    }

    /// ONNX keeps {N, C, 1, 1}.
    Result<std::string> globalAverage(const Node& node)
    {
        TY_TRY(const auto inputs, operands(node));
        const auto pooled = m_onnx.node("GlobalAveragePool", inputs, {}, node.name + "_pooled");
        return m_onnx.node("Flatten", {pooled}, {{"axis", std::int64_t{1}}}, node.name);
    }

    Result<std::string> reshape(const Node& node)
    {
        TY_TRY(auto inputs, operands(node));
        Shape target = node.as<ShapeAttributes>().resultShape;
        if (target.size() == 2) {
            return m_onnx.node("Flatten", inputs, {{"axis", std::int64_t{1}}}, node.name + "_flat");
        }
        target.front() = kSameAsInput;
        inputs.push_back(m_onnx.integers(node.name + ".shape", {static_cast<std::int64_t>(target.size())}, target));
        return m_onnx.node("Reshape", inputs, {}, node.name);
    }

    /// Spelled out, because LayerNormalization came with opset 17.
    Result<std::string> layerNorm(const Node& node)
    {
        const auto& shape = m_graph.shape(node.inputs.front());
        const Shape features(shape.begin() + 1, shape.end());
        std::vector<std::int64_t> axes;
        for (std::size_t axis = 1; axis < shape.size(); ++axis) {
            axes.push_back(static_cast<std::int64_t>(axis));
        }
        const std::array epsilon{static_cast<float>(node.as<NormAttributes>().epsilon)};
        TY_TRY(const auto src, operand(node.inputs[0], {}));
        TY_TRY(const auto scale, operand(node.inputs[1], features));
        TY_TRY(const auto shift, operand(node.inputs[2], features));
        const auto mean = m_onnx.node("ReduceMean", {src}, {{"axes", axes}}, node.name + "_mean");
        const auto centred = m_onnx.node("Sub", {src, mean}, {}, node.name + "_centred");
        const auto squares = m_onnx.node("Mul", {centred, centred}, {}, node.name + "_squares");
        const auto variance = m_onnx.node("ReduceMean", {squares}, {{"axes", axes}}, node.name + "_variance");
        const auto epsilonName = m_onnx.floats(node.name + ".epsilon", {1}, epsilon);
        const auto positive = m_onnx.node("Add", {variance, epsilonName}, {}, node.name + "_above_zero");
        const auto deviation = m_onnx.node("Sqrt", {positive}, {}, node.name + "_deviation");
        const auto normalised = m_onnx.node("Div", {centred, deviation}, {}, node.name + "_normalised");
        const auto scaled = m_onnx.node("Mul", {normalised, scale}, {}, node.name + "_scaled");
        return m_onnx.node("Add", {scaled, shift}, {}, node.name);
    }

    Result<std::string> activate(const Node& node)
    {
        const auto kind = node.as<ActivationAttributes>().activation.kind;
        TY_TRY(const auto inputs, operands(node));
        const auto& src = inputs.front();
        if (kind == ActivationKind::Silu) {
            const auto gate = m_onnx.node("Sigmoid", {src}, {}, node.name + "_gate");
            return m_onnx.node("Mul", {src, gate}, {}, node.name + "_silu");
        }
        if (kind == ActivationKind::Gelu) {
            return gelu(src, node.name);
        }
        const auto form = ruleOf(node.kind).onnx(node);
        return m_onnx.node(form.type, inputs, onnxAttributes(form.attributes), node.name + "_activated");
    }

    /// x (1 + erf(x / sqrt 2)) / 2; a Gelu operator came with opset 20.
    std::string gelu(const std::string& src, const std::string& layer)
    {
        const auto number = [&](const char* suffix, float value) {
            const std::array values{value};
            return m_onnx.floats(layer + suffix, {1}, values);
        };
        const auto rootHalf = number(".root_half", static_cast<float>(1.0 / std::numbers::sqrt2));
        const auto erf = m_onnx.node("Erf", {m_onnx.node("Mul", {src, rootHalf}, {}, layer + "_scaled")}, {}, layer + "_erf");
        const auto shifted = m_onnx.node("Add", {erf, number(".one", 1)}, {}, layer + "_shifted");
        const auto gated = m_onnx.node("Mul", {src, shifted}, {}, layer + "_gated");
        return m_onnx.node("Mul", {gated, number(".half", 0.5F)}, {}, layer + "_gelu");
    }

    OnnxGraph& m_onnx;
    const Graph& m_graph;
    std::vector<std::string> m_names; ///< of each value in the file; empty: not there yet
    std::vector<int> m_uses;
    std::map<std::string, const Tensor*> m_parameters;
};

} // namespace

Result<std::string> addNetwork(
    OnnxGraph& graph, const ModelDescription& model, const std::vector<NamedTensor>& parameters, const std::string& input)
{
    TY_TRY(const auto network, lowerNetwork(model, kBatch, NetworkMode::Inference));
    return NetworkWriter(graph, network.graph, parameters).write(network.input, input, network.output);
}

} // namespace ty::engine
