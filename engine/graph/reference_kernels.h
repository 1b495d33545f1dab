#pragma once

#include <vector>

#include "engine/graph/graph.h"

// The ops of the reference interpreter that are more than one line. Each takes the node, and the values by number.
namespace ty::engine::reference {

using Values = std::vector<double>;

/// All values of a graph with their shapes.
struct Store {
    const Graph& graph;
    std::vector<Values>& values;

    const Values& in(const Node& node, std::size_t i) const { return values[static_cast<std::size_t>(node.inputs[i])]; }
    Values& out(const Node& node, std::size_t i) const { return values[static_cast<std::size_t>(node.outputs[i])]; }
    const Shape& inShape(const Node& node, std::size_t i) const { return graph.shape(node.inputs[i]); }
    const Shape& outShape(const Node& node, std::size_t i) const { return graph.shape(node.outputs[i]); }
};

double activate(const Activation& activation, double x);
/// `reference`: result or argument, as isDerivativeFromResult says.
double activateGrad(const Activation& activation, double grad, double reference);

void matMul(const Store& store, const Node& node);
void addBias(const Store& store, const Node& node);
void sumChannels(const Store& store, const Node& node);
/// Conv2d and its two gradients.
void convolution(const Store& store, const Node& node);
void maxPool(const Store& store, const Node& node);
void maxPoolGrad(const Store& store, const Node& node);
void averagePool(const Store& store, const Node& node);
void averagePoolGrad(const Store& store, const Node& node);
void globalAveragePool(const Store& store, const Node& node);
void globalAveragePoolGrad(const Store& store, const Node& node);

void concat(const Store& store, const Node& node);
/// Slice and Pad.
void movePlaces(const Store& store, const Node& node);
void permute(const Store& store, const Node& node);
void sumAxis(const Store& store, const Node& node);
void repeatAxis(const Store& store, const Node& node);
void upsample(const Store& store, const Node& node);
void upsampleGrad(const Store& store, const Node& node);

void embedding(const Store& store, const Node& node);
void embeddingGrad(const Store& store, const Node& node);
void recurrent(const Store& store, const Node& node);
void recurrentGrad(const Store& store, const Node& node);

void batchNorm(const Store& store, const Node& node);
void batchNormInference(const Store& store, const Node& node);
void batchNormGrad(const Store& store, const Node& node);
void batchNormInferenceGrad(const Store& store, const Node& node);
void layerNorm(const Store& store, const Node& node);
void layerNormGrad(const Store& store, const Node& node);
void groupNorm(const Store& store, const Node& node);
void groupNormGrad(const Store& store, const Node& node);
void softmax(const Store& store, const Node& node);
void softmaxGrad(const Store& store, const Node& node);
void softmaxCrossEntropy(const Store& store, const Node& node);
void softmaxCrossEntropyGrad(const Store& store, const Node& node);
void softmaxCrossEntropyStep(const Store& store, const Node& node);
void regressionLoss(const Store& store, const Node& node);
void regressionLossGrad(const Store& store, const Node& node);
void ctcLoss(const Store& store, const Node& node);
void ctcLossGrad(const Store& store, const Node& node);
void ctcCorrect(const Store& store, const Node& node);
void countSigns(const Store& store, const Node& node);
void countCorrect(const Store& store, const Node& node);
void errorSums(const Store& store, const Node& node);

} // namespace ty::engine::reference
