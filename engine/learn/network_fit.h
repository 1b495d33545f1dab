#pragma once

#include <string>

#include "engine/learn/learner.h"
#include "engine/learn/prepared_fit.h"

namespace ty::engine {

/// What the learners that are networks share: encodes, chooses what is left automatic, emits "plan", trains, and
/// wraps the best epoch's weights as a model. `learner` is the name that goes into the plan and the model.
Result<FitOutcome> fitNetwork(
    const FitRequest& request, const std::string& learner, const NetworkMaker& makeNetwork, FitSink& sink, FitControl& control);

/// What fitNetwork() would compute: Learner::describe(). Makes a few steps with random numbers for memory and time.
Result<Json> describeNetwork(const FitRequest& request, const std::string& learner, const NetworkMaker& makeNetwork);

} // namespace ty::engine
