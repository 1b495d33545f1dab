#include <string>

#include "engine/nn/layer_types.h"
#include "engine/nn/lowering.h"
#include "engine/nn/model_description.h"

namespace ty::engine {

namespace {

/// Multiplications and additions of one forward node, for the batch of the graph.
double flopsOf(const Graph& graph, const Node& node)
{
    const double results = static_cast<double>(elementCount(graph.shape(node.outputs[0])));
    switch (node.kind) {
    case OpKind::MatMul: {
        const Shape& left = graph.shape(node.inputs[0]);
        return 2.0 * results * static_cast<double>(left[left.size() - (node.as<MatMulAttributes>().isLeftTransposed ? 2 : 1)]);
    }
    case OpKind::Conv2d: {
        const Shape& weight = graph.shape(node.inputs[1]);
        return 2.0 * results * static_cast<double>(weight[1] * weight[2] * weight[3]);
    }
    case OpKind::Conv2dInputGrad: {
        const Shape& weight = graph.shape(node.inputs[1]);
        return 2.0 * static_cast<double>(elementCount(graph.shape(node.inputs[0])) * weight[1] * weight[2] * weight[3]);
    }
    case OpKind::MaxPool:
    case OpKind::AveragePool: {
        const auto& kernel = node.as<PoolAttributes>().kernel;
        return results * static_cast<double>(kernel[0] * kernel[1]);
    }
    case OpKind::Recurrent: {
        const double gates = static_cast<double>(elementCount(graph.shape(node.outputs[1])));
        return gates * 2.0 * static_cast<double>(graph.shape(node.inputs[1])[1] + graph.shape(node.inputs[2])[1]);
    }
    case OpKind::SumAxis:
    case OpKind::GlobalAveragePool: return static_cast<double>(elementCount(graph.shape(node.inputs[0])));
    case OpKind::Reshape:
    case OpKind::Embedding:
    case OpKind::Cast:
    case OpKind::Fill:
    case OpKind::Permute:
    case OpKind::Slice:
    case OpKind::Pad:
    case OpKind::RepeatAxis:
    case OpKind::Upsample:
    case OpKind::Concat: return 0; // values are moved
    default: return results;
    }
}

} // namespace

Result<ModelSummary> summarise(const ModelDescription& model)
{
    TY_TRY(const LoweredNetwork network, lowerNetwork(model, 1, NetworkMode::Training));
    const Graph& graph = network.graph;
    ModelSummary summary;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        LayerSummary row;
        row.name = model.layers[i].name;
        row.type = model.layers[i].type;
        const Shape& shape = graph.shape(network.layerOutputs[i]);
        row.outputShape.assign(shape.begin() + 1, shape.end());
        summary.layers.push_back(std::move(row));
    }
    const auto rowOf = [&summary](const std::string& name) -> LayerSummary* {
        for (LayerSummary& row : summary.layers) {
            if (row.name == name) {
                return &row;
            }
        }
        return nullptr;
    };
    for (const NetworkVariable& variable : network.parameters) {
        const Value& value = graph.value(variable.value);
        const std::int64_t count = value.size();
        summary.parameters += count;
        if (LayerSummary* row = rowOf(value.name.substr(0, value.name.rfind('.')))) {
            row->parameters += count;
        }
    }
    for (const Node& node : graph.nodes()) {
        const double flops = flopsOf(graph, node);
        summary.flops += flops;
        std::uint64_t bytes = 0;
        for (const ValueId output : node.outputs) {
            const Value& value = graph.value(output);
            bytes += static_cast<std::uint64_t>(value.size()) * dtypeBytes(value.dtype);
        }
        summary.activationBytes += bytes;
        if (LayerSummary* row = rowOf(node.name)) {
            row->flops += flops;
            row->activationBytes += bytes;
        }
    }
    summary.outputShape = summary.layers.back().outputShape;
    return summary;
}

Json ModelSummary::toJson() const
{
    Json json;
    json["layers"] = Json::array();
    for (const LayerSummary& row : layers) {
        json["layers"].push_back(
            {{"name", row.name},
             {"type", row.type},
             {"outputShape", row.outputShape},
             {"parameters", row.parameters},
             {"flops", row.flops},
             {"activationBytes", row.activationBytes}});
    }
    json["outputShape"] = outputShape;
    json["parameters"] = parameters;
    json["flops"] = flops;
    json["activationBytes"] = activationBytes;
    return json;
}

} // namespace ty::engine
