#include "engine/nn/lowering.h"

#include <map>

#include <fmt/format.h>

#include "engine/nn/layer_lowering.h"

namespace ty::engine {

namespace {

Result<void> checkAllUsed(const ModelDescription& model, const std::vector<std::vector<std::string>>& inputs)
{
    std::map<std::string, bool> isUsed;
    for (const auto& names : inputs) {
        for (const std::string& name : names) {
            isUsed[name] = true;
        }
    }
    for (std::size_t i = 0; i + 1 < model.layers.size(); ++i) {
        if (!isUsed[model.layers[i].name]) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("layer \"{}\" ({}): nothing uses its result", model.layers[i].name, model.layers[i].type),
                "Only the last layer is the output. Remove the layer, or name it among the inputs of a later one."};
        }
    }
    return {};
}

} // namespace

Result<LoweredNetwork> lowerNetwork(const ModelDescription& model, std::int64_t batch, NetworkMode mode)
{
    if (model.layers.empty()) {
        return Error{ErrorKind::InvalidInput, "network: no layers", {}};
    }
    TY_TRY(const auto inputs, resolveInputs(model));
    TY_CHECK(checkAllUsed(model, inputs));

    LoweredNetwork network;
    Shape inputShape{batch};
    inputShape.insert(inputShape.end(), model.input.begin(), model.input.end());
    network.input = network.graph.addInput("input", inputShape);

    std::map<std::string, ValueId> values{{"input", network.input}};
    LayerLowering lowering(network, batch, mode);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        std::vector<ValueId> operands;
        for (const std::string& name : inputs[i]) {
            operands.push_back(values.at(name));
        }
        TY_TRY(const ValueId result, lowering.addLayer(model.layers[i], operands));
        values[model.layers[i].name] = result;
        network.layerOutputs.push_back(result);
    }
    network.output = network.layerOutputs.back();
    if (const std::size_t rank = network.graph.shape(network.output).size(); rank != 2 && rank != 3) {
        const Shape& shape = network.graph.shape(network.output);
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "layer \"{}\" ({}): it is the output, but its result {} is not flat",
                model.layers.back().name,
                model.layers.back().type,
                toString(Shape(shape.begin() + 1, shape.end()))),
            "End with a dense, flatten or globalAveragePool2d layer."};
    }
    return network;
}

Result<LoweredLoss> appendLoss(LoweredNetwork& network, const TrainingSetup& setup, NetworkMode mode)
{
    Graph& graph = network.graph;
    const Shape shape = graph.shape(network.output);
    LoweredLoss loss;
    LossAttributes attributes;
    attributes.labelSmoothing = setup.labelSmoothing;
    if (setup.loss == LossKind::SoftmaxCrossEntropy) {
        // Each step of a sequence is a sample of its own.
        ValueId logits = network.output;
        const bool hasShares = setup.hasTargetShares && mode == NetworkMode::Training;
        if (hasShares && shape.size() != 2) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("shares of classes need outputs (classes), the network's are {}", toString(shape)),
                {}};
        }
        loss.targets = graph.addInput("targets", hasShares ? shape : Shape(shape.begin(), shape.end() - 1));
        ValueId labels = loss.targets;
        if (shape.size() == 3) {
            const std::int64_t rows = shape[0] * shape[1];
            logits = graph.apply(OpKind::Reshape, {logits}, ShapeAttributes{{rows, shape[2]}}, "loss");
            labels = graph.apply(OpKind::Reshape, {labels}, ShapeAttributes{{rows}}, "loss");
        }
        loss.classWeights = graph.addInput("classWeights", {shape.back()});
        loss.loss =
            graph.apply(OpKind::SoftmaxCrossEntropy, {logits, labels, loss.classWeights}, attributes, "loss");
        loss.metrics = graph.apply(OpKind::CountCorrect, {logits, labels}, {}, "metrics");
        return loss;
    }
    if (setup.loss == LossKind::Ctc) {
        if (shape.size() != 3 || shape[2] < 2) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("CTC needs outputs (steps, classes), the network's are {}", toString(shape)),
                "End with a dense layer over the last axis, with a unit for the blank."};
        }
        loss.targets = graph.addInput("targets", {shape[0], 1 + shape[1]});
        loss.loss = graph.apply(OpKind::CtcLoss, {network.output, loss.targets}, {}, "loss");
        loss.metrics = graph.apply(OpKind::CtcCorrect, {network.output, loss.targets}, {}, "metrics");
        return loss;
    }
    switch (setup.loss) {
    case LossKind::MeanAbsoluteError: attributes.kind = RegressionLossKind::Absolute; break;
    case LossKind::Huber: attributes.kind = RegressionLossKind::Huber; break;
    case LossKind::BinaryCrossEntropy: attributes.kind = RegressionLossKind::BinaryCrossEntropy; break;
    case LossKind::Hinge: attributes.kind = RegressionLossKind::Hinge; break;
    default: attributes.kind = RegressionLossKind::Squared; break;
    }
    const bool isSided = setup.loss == LossKind::BinaryCrossEntropy || setup.loss == LossKind::Hinge;
    loss.targets = graph.addInput("targets", shape);
    std::vector<ValueId> operands{network.output, loss.targets};
    if (setup.loss == LossKind::BinaryCrossEntropy && !setup.classWeights.empty()) {
        loss.classWeights = graph.addInput("classWeights", {2});
        operands.push_back(loss.classWeights);
    }
    loss.loss = graph.apply(OpKind::RegressionLoss, operands, attributes, "loss");
    loss.metrics = graph.apply(
        isSided ? OpKind::CountSigns : OpKind::ErrorSums, {network.output, loss.targets}, {}, "metrics");
    return loss;
}

} // namespace ty::engine
