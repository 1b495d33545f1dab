#include "engine/exchange/onnx_network.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_spelled_forms.h"
#include "engine/graph/graph.h"
#include "engine/graph/op_rule.h"
#include "engine/nn/lowering.h"

namespace ty::engine {

namespace {

/// The graph's shapes are static: it is lowered for one sample, and the file says that the batch stays what it is.
constexpr std::int64_t kBatch = 1;

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
        const auto isNeeded = nodesFor(output);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (!isNeeded[i] || nodes[i].kind == OpKind::Fill) {
                continue; // states that are carried over; zeros with which a recurrent layer begins
            }
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
    /// Which nodes lead to `output`.
    std::vector<bool> nodesFor(ValueId output) const
    {
        const auto& nodes = m_graph.nodes();
        std::vector<bool> isNeeded(nodes.size(), false);
        std::vector<bool> isRead(m_graph.values().size(), false);
        isRead[static_cast<std::size_t>(output)] = true;
        for (std::size_t i = nodes.size(); i-- > 0;) {
            for (const auto result : nodes[i].outputs) {
                isNeeded[i] = isNeeded[i] || isRead[static_cast<std::size_t>(result)];
            }
            for (const auto input : nodes[i].inputs) {
                isRead[static_cast<std::size_t>(input)] = isRead[static_cast<std::size_t>(input)] || isNeeded[i];
            }
        }
        return isNeeded;
    }

    std::string& name(ValueId id) { return m_names[static_cast<std::size_t>(id)]; }

    /// Whether `bias` does nothing but add a bias to `node`'s result; Conv and Gemm do that themselves.
    bool takesBias(const Node& node, const Node& bias) const
    {
        const bool isMatrices = node.kind == OpKind::MatMul && m_graph.shape(node.outputs[0]).size() == 2;
        return (isMatrices || node.kind == OpKind::Conv2d) && node.inputs.size() == 2
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
        TY_TRY(const auto* tensor, parameterOf(id));
        const auto& value = m_graph.value(id);
        return m_onnx.floats(value.name, storedAs.empty() ? value.shape : storedAs, tensor->floats());
    }

    Result<const Tensor*> parameterOf(ValueId id) const
    {
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
        return &tensor;
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
        const auto& rule = ruleOf(node.kind);
        if (rule.onnx == nullptr) {
            return Error{ErrorKind::Unsupported, fmt::format("{} has no ONNX form", rule.name), "Export as safetensors."};
        }
        switch (node.kind) {
        case OpKind::AddBias: return addBias(node);
        case OpKind::LayerNorm:
        case OpKind::GroupNorm: return rowNorm(node);
        case OpKind::Conv2dInputGrad: return transposedConvolution(node);
        case OpKind::Recurrent: return recurrent(node);
        case OpKind::Embedding: return embedding(node);
        default: break;
        }
        TY_TRY(const auto inputs, operands(node));
        const auto& src = inputs.front();
        const Shape& shape = m_graph.shape(node.inputs.front());
        switch (node.kind) {
        case OpKind::GlobalAveragePool: {
            // ONNX keeps {N, C, 1, 1}.
            const auto pooled = m_onnx.node("GlobalAveragePool", inputs, {}, node.name + "_pooled");
            return m_onnx.node("Flatten", {pooled}, {{"axis", std::int64_t{1}}}, node.name);
        }
        case OpKind::MatMul:
            if (shape.size() > 2) {
                return writeMatMul(m_onnx, node.as<MatMulAttributes>(), shape.size(), src, inputs[1], node.name);
            }
            break;
        case OpKind::Reshape:
            return writeReshape(m_onnx, shape, node.as<ShapeAttributes>().resultShape, src, node.name);
        case OpKind::Activate: return writeActivation(m_onnx, node.as<ActivationAttributes>().activation, src, node.name);
        case OpKind::Softmax: return writeSoftmax(m_onnx, shape, node.as<SoftmaxAttributes>().isCausal, src, node.name);
        case OpKind::Slice: return writeSlice(m_onnx, node.as<SliceAttributes>(), src, node.name);
        case OpKind::Pad: return writePad(m_onnx, shape, node.as<SliceAttributes>(), src, node.name);
        case OpKind::SumAxis: return writeSumAxis(m_onnx, node.as<AxisAttributes>().axis, src, node.name);
        case OpKind::RepeatAxis:
            return writeRepeatAxis(m_onnx, node.as<RepeatAttributes>(), shape.size(), src, node.name);
        case OpKind::Upsample: return writeUpsample(m_onnx, node.as<UpsampleAttributes>(), src, node.name);
        default: break;
        }
        const auto form = rule.onnx(node);
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

    Result<std::string> rowNorm(const Node& node)
    {
        const auto& shape = m_graph.shape(node.inputs.front());
        const auto& attributes = node.as<NormAttributes>();
        const std::int64_t features = m_graph.value(node.inputs[1]).size();
        const bool isLayerNorm = node.kind == OpKind::LayerNorm;
        Shape stored;
        if (isLayerNorm) {
            for (std::size_t axis = shape.size(); axis > 1 && (elementCount(stored) < features || stored.empty());) {
                stored.insert(stored.begin(), shape[--axis]);
            }
        } else {
            stored.assign(shape.size() - 1, 1);
            stored.front() = shape[1];
        }
        TY_TRY(const auto src, operand(node.inputs[0], {}));
        TY_TRY(const auto scale, operand(node.inputs[1], stored));
        TY_TRY(const auto shift, operand(node.inputs[2], stored));
        return isLayerNorm
            ? writeLayerNorm(m_onnx, shape, features, attributes.epsilon, src, scale, shift, node.name)
            : writeGroupNorm(m_onnx, shape, attributes, src, scale, shift, node.name);
    }

    /// What the result has beyond the windows of the first operand stands at its end.
    Result<std::string> transposedConvolution(const Node& node)
    {
        const auto& attributes = node.as<ConvolutionAttributes>();
        const Shape& src = m_graph.shape(node.inputs[0]);
        const Shape& weight = m_graph.shape(node.inputs[1]);
        TY_TRY(const auto inputs, operands(node));
        auto form = ruleOf(node.kind).onnx(node);
        std::vector<std::int64_t> beyond;
        for (std::size_t i = 0; i < 2; ++i) {
            const std::int64_t reached = (src[i + 2] - 1) * attributes.stride[i]
                + (weight[i + 2] - 1) * attributes.dilation[i] + 1 - attributes.padding[i] - attributes.padding[i + 2];
            beyond.push_back(attributes.resultShape[i + 2] - reached);
        }
        form.attributes["output_padding"] = beyond;
        return m_onnx.node(form.type, inputs, onnxAttributes(form.attributes), node.name);
    }

    Result<std::string> recurrent(const Node& node)
    {
        TY_TRY(const auto src, operand(node.inputs[0], {}));
        TY_TRY(const auto* weight, parameterOf(node.inputs[1]));
        TY_TRY(const auto* state, parameterOf(node.inputs[2]));
        TY_TRY(const auto* bias, parameterOf(node.inputs[3]));
        const std::string& prefix = m_graph.value(node.inputs[1]).name;
        return writeRecurrent(
            m_onnx,
            ruleOf(node.kind).onnx(node).type,
            node.as<RecurrentAttributes>(),
            src,
            {prefix, weight->floats(), state->floats(), bias->floats(), m_graph.shape(node.inputs[2])[1]});
    }

    Result<std::string> embedding(const Node& node)
    {
        TY_TRY(const auto src, operand(node.inputs[0], {}));
        TY_TRY(const auto table, operand(node.inputs[1], {}));
        constexpr std::int64_t kInt64 = 7;
        const auto numbers = m_onnx.cast(src, kInt64, node.name + "_numbers");
        return m_onnx.node("Gather", {table, numbers}, {{"axis", std::int64_t{0}}}, node.name + "_rows");
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
