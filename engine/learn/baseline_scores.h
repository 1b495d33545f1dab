#pragma once

#include <cstdint>
#include <span>

#include "engine/base/json.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// What a baseline knows of the samples that a model learned from: {"shares": [of each class]}, {"mean": value}, or null where
/// there is nothing to answer always.
Json baselineFacts(const Dataset& dataset, Task task, std::span<const std::uint32_t> samples);

// What an answer that is always the same would have scored on the samples that a model is judged by, by the same names as
// evaluations: the most common class with the classes' shares as probabilities, or the mean. Null when `facts` say nothing.

/// @param labels  {samples}, each a class
Json baselineMetrics(const Json& facts, std::span<const std::int32_t> labels);
/// @param values  {samples}
Json baselineMetrics(const Json& facts, std::span<const double> values);

} // namespace ty::engine
