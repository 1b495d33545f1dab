#pragma once

#include <functional>
#include <string>

#include "engine/learn/learner.h"
#include "engine/nn/model_description.h"

namespace ty::engine {

/// Makes the network for encoded data.
/// @param outputs  classes, or 1 for regression
using NetworkMaker =
    std::function<Result<ModelDescription>(const Encoder& encoder, std::int64_t outputs, std::uint64_t samples)>;

/// What the learners that are networks share: encodes, chooses what is left automatic, emits "plan", trains, and
/// wraps the best epoch's weights as a model. `learner` is the name that goes into the plan and the model.
Result<FitOutcome> fitNetwork(
    const FitRequest& request, const std::string& learner, const NetworkMaker& makeNetwork, FitSink& sink, FitControl& control);

} // namespace ty::engine
