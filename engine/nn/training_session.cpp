#include "engine/nn/training_session.h"

#include <cmath>

#include <fmt/format.h>

namespace ty::engine {

Result<void> TrainingSetup::validate(std::int64_t outputs) const
{
    const auto invalid = [](std::string message) {
        return Error{ErrorKind::InvalidInput, std::move(message), {}};
    };
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
        return invalid(fmt::format("label smoothing is {}, expected [0, 1)", labelSmoothing));
    }
    const bool isBinary = loss == LossKind::BinaryCrossEntropy;
    if (!classWeights.empty() && loss != LossKind::SoftmaxCrossEntropy && !isBinary) {
        return invalid("class weights belong to the cross-entropies alone");
    }
    if (hasTargetShares && loss != LossKind::SoftmaxCrossEntropy) {
        return invalid("shares of classes belong to softmax cross-entropy alone");
    }
    if (labelSmoothing > 0 && loss != LossKind::SoftmaxCrossEntropy && !isBinary) {
        return invalid("label smoothing belongs to the cross-entropies alone");
    }
    const std::int64_t classes = isBinary ? 2 : outputs;
    if (!classWeights.empty() && static_cast<std::int64_t>(classWeights.size()) != classes) {
        return invalid(fmt::format("{} class weights given for {} classes", classWeights.size(), classes));
    }
    for (const float weight : classWeights) {
        if (!(weight >= 0) || !std::isfinite(weight)) {
            return invalid(fmt::format("a class weight is {}, expected 0 or more", weight));
        }
    }
    if (!(momentum >= 0 && momentum < 1) || !(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
        return invalid(
            fmt::format("momentum {}, beta1 {} and beta2 {} must lie in [0, 1)", momentum, beta1, beta2));
    }
    if (!(epsilon > 0) || !(weightDecay >= 0) || !(l1 >= 0) || !(clipNorm >= 0) || !(clipValue >= 0)) {
        return invalid(fmt::format(
            "epsilon {} must be above 0, weight decay {}, l1 {}, clip norm {} and clip value {} not below 0",
            epsilon,
            weightDecay,
            l1,
            clipNorm,
            clipValue));
    }
    return {};
}

double TrainingSetup::weightOf(std::span<const float> targets, bool areShares) const
{
    double sum = 0;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const float target = targets[i];
        if (areShares) {
            sum += static_cast<double>(target * classWeights[i % classWeights.size()]);
        } else if (loss == LossKind::BinaryCrossEntropy) {
            sum += static_cast<double>((1 - target) * classWeights[0] + target * classWeights[1]);
        } else {
            sum += static_cast<double>(classWeights[static_cast<std::size_t>(target)]);
        }
    }
    return sum;
}

Result<StepProfile> TrainingSession::profileStep(std::int64_t /*batch*/, int /*tries*/)
{
    return Error{ErrorKind::Unsupported, "this device does not time the parts of a step", {}};
}

} // namespace ty::engine
