#pragma once

#include <span>

#include "engine/base/json.h"
#include "engine/data/encoder.h"

namespace ty::engine {

/// What a learner tells of a stage, by the same names as a network of its epochs.
/// @param answers  {rows, classes} probabilities, or {rows} values in the encoded unit
/// @param targets  {rows}: class numbers, or values in the encoded unit
/// @return         {loss, accuracy} or {loss, mae, rmse, r2}; null without a row
Json stageMetrics(const Encoder& encoder, std::span<const double> answers, std::span<const float> targets);

} // namespace ty::engine
