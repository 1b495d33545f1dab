#include "engine/graph/reference_interpreter.h"

#include <algorithm>

#include "engine/graph/dropout_mask.h"
#include "engine/graph/reference_kernels.h"

namespace ty::engine {

ReferenceInterpreter::ReferenceInterpreter(const Graph& graph) : m_graph(graph)
{
    for (const Value& value : graph.values()) {
        m_values.emplace_back(static_cast<std::size_t>(value.size()), 0.0);
    }
}

void ReferenceInterpreter::setDropoutKeys(std::uint32_t key0, std::uint32_t key1)
{
    m_key0 = key0;
    m_key1 = key1;
}

void ReferenceInterpreter::run()
{
    for (const Node& node : m_graph.nodes()) {
        runNode(node);
    }
}

void ReferenceInterpreter::runElementwise(const Node& node)
{
    // One op is a chain of one step.
    std::vector<ElementwiseStep> steps;
    if (node.kind == OpKind::Elementwise) {
        steps = node.as<ElementwiseAttributes>().steps;
    } else {
        ElementwiseStep step;
        step.op = node.kind;
        step.right = node.inputs.size() > 1 ? 1 : -1;
        if (node.kind == OpKind::Dropout) {
            step.dropout = node.as<DropoutAttributes>();
        } else if (node.kind == OpKind::Activate || node.kind == OpKind::ActivateGrad) {
            step.activation = node.as<ActivationAttributes>().activation;
        }
        steps.push_back(step);
    }
    Values& result = value(node.outputs[0]);
    std::vector<double> operands(node.inputs.size() + steps.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
        for (std::size_t k = 0; k < node.inputs.size(); ++k) {
            operands[k] = value(node.inputs[k])[i];
        }
        std::size_t next = node.inputs.size();
        for (const ElementwiseStep& step : steps) {
            const double left = operands[static_cast<std::size_t>(step.left)];
            const double right = step.right < 0 ? 0 : operands[static_cast<std::size_t>(step.right)];
            switch (step.op) {
            case OpKind::Add: operands[next] = left + right; break;
            case OpKind::Multiply: operands[next] = left * right; break;
            case OpKind::ActivateGrad: operands[next] = reference::activateGrad(step.activation, left, right); break;
            case OpKind::Dropout: {
                const DropoutMask mask = dropoutMask(step.dropout, m_key0, m_key1);
                operands[next] = isDropped(mask, i) ? 0 : left / (1 - step.dropout.rate);
                break;
            }
            default: operands[next] = reference::activate(step.activation, left); break;
            }
            ++next;
        }
        result[i] = operands.back();
    }
}

void ReferenceInterpreter::runNode(const Node& node)
{
    const reference::Store store{m_graph, m_values};
    switch (node.kind) {
    case OpKind::MatMul: reference::matMul(store, node); break;
    case OpKind::AddBias: reference::addBias(store, node); break;
    case OpKind::SumChannels: reference::sumChannels(store, node); break;
    case OpKind::Conv2d:
    case OpKind::Conv2dInputGrad:
    case OpKind::Conv2dWeightGrad: reference::convolution(store, node); break;
    case OpKind::MaxPool: reference::maxPool(store, node); break;
    case OpKind::MaxPoolGrad: reference::maxPoolGrad(store, node); break;
    case OpKind::AveragePool: reference::averagePool(store, node); break;
    case OpKind::AveragePoolGrad: reference::averagePoolGrad(store, node); break;
    case OpKind::GlobalAveragePool: reference::globalAveragePool(store, node); break;
    case OpKind::GlobalAveragePoolGrad: reference::globalAveragePoolGrad(store, node); break;
    case OpKind::BatchNorm: reference::batchNorm(store, node); break;
    case OpKind::BatchNormInference: reference::batchNormInference(store, node); break;
    case OpKind::BatchNormGrad: reference::batchNormGrad(store, node); break;
    case OpKind::BatchNormInferenceGrad: reference::batchNormInferenceGrad(store, node); break;
    case OpKind::LayerNorm: reference::layerNorm(store, node); break;
    case OpKind::LayerNormGrad: reference::layerNormGrad(store, node); break;
    case OpKind::GroupNorm: reference::groupNorm(store, node); break;
    case OpKind::GroupNormGrad: reference::groupNormGrad(store, node); break;
    case OpKind::Dropout:
    case OpKind::Activate:
    case OpKind::ActivateGrad:
    case OpKind::Add:
    case OpKind::Multiply:
    case OpKind::Elementwise: runElementwise(node); break;
    case OpKind::Softmax: reference::softmax(store, node); break;
    case OpKind::SoftmaxGrad: reference::softmaxGrad(store, node); break;
    case OpKind::Concat: reference::concat(store, node); break;
    case OpKind::Slice:
    case OpKind::Pad: reference::movePlaces(store, node); break;
    case OpKind::Permute: reference::permute(store, node); break;
    case OpKind::SumAxis: reference::sumAxis(store, node); break;
    case OpKind::RepeatAxis: reference::repeatAxis(store, node); break;
    case OpKind::Upsample: reference::upsample(store, node); break;
    case OpKind::UpsampleGrad: reference::upsampleGrad(store, node); break;
    case OpKind::Embedding: reference::embedding(store, node); break;
    case OpKind::EmbeddingGrad: reference::embeddingGrad(store, node); break;
    case OpKind::Recurrent: reference::recurrent(store, node); break;
    case OpKind::RecurrentGrad: reference::recurrentGrad(store, node); break;
    case OpKind::Reshape:
    case OpKind::Cast: // in float64 nothing is lost
    case OpKind::Reorder: value(node.outputs[0]) = value(node.inputs[0]); break;
    case OpKind::SoftmaxCrossEntropy: reference::softmaxCrossEntropy(store, node); break;
    case OpKind::SoftmaxCrossEntropyGrad: reference::softmaxCrossEntropyGrad(store, node); break;
    case OpKind::SoftmaxCrossEntropyStep: reference::softmaxCrossEntropyStep(store, node); break;
    case OpKind::RegressionLoss: reference::regressionLoss(store, node); break;
    case OpKind::RegressionLossGrad: reference::regressionLossGrad(store, node); break;
    case OpKind::CtcLoss: reference::ctcLoss(store, node); break;
    case OpKind::CtcLossGrad: reference::ctcLossGrad(store, node); break;
    case OpKind::CtcCorrect: reference::ctcCorrect(store, node); break;
    case OpKind::CountSigns: reference::countSigns(store, node); break;
    case OpKind::CountCorrect: reference::countCorrect(store, node); break;
    case OpKind::ErrorSums: reference::errorSums(store, node); break;
    case OpKind::Fill: {
        Values& result = value(node.outputs[0]);
        std::fill(result.begin(), result.end(), node.as<FillAttributes>().value);
        break;
    }
    }
}

} // namespace ty::engine
