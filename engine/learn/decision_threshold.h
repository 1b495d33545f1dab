#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/encoder.h"

namespace ty::engine {

/// From which probability on a class is the answer. Without one the likeliest class is.
struct DecisionThreshold {
    std::size_t classIndex = 0;
    double value = 0.5; ///< in [0, 1]
};

/// The threshold that is kept with a model: model.json "threshold" {"class", "value"}; nothing if there is none.
/// Errors: InvalidInput for a class that the model does not have, and for values outside of [0, 1].
Result<std::optional<DecisionThreshold>> thresholdOf(const Json& card, const Encoder& encoder);

/// "0.3" of a model of two classes, for its second one, as its ROC curve is drawn; "CLASS=0.3" of any.
/// Errors: InvalidInput naming the classes.
Result<DecisionThreshold> parseThreshold(const std::string& text, const Encoder& encoder);

/// The index of the answer. @param probabilities  {classes}
std::size_t decide(std::span<const float> probabilities, const std::optional<DecisionThreshold>& threshold);

/// Keeps a threshold in the model package `folder`, or takes it away. Errors: those of files and of thresholdOf().
Result<void> keepThreshold(const std::string& folder, const std::optional<DecisionThreshold>& threshold, const Encoder& encoder);

} // namespace ty::engine
