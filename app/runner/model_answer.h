#pragma once

#include "engine/base/json.h"
#include "engine/data/dataset.h"
#include "engine/learn/learner.h"

namespace ty::runner {

/// What the model says of the first sample: "prediction", and "probabilities" by class, or "value", or "reconstruction" (a picture
/// with width, height, channels and its bytes in base64). Errors: those of the model.
/// @param threshold  as predictToCsv() takes it
Result<Json> answerOf(
    engine::Model& model, const engine::Dataset& sample, const std::optional<engine::DecisionThreshold>& threshold = {});

} // namespace ty::runner
