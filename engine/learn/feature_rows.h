#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/trees/feature_table.h"

namespace ty::engine {

/// What learners of trees see of an encoder's data: numbers and dates in their own unit, categories by their code, pixels
/// from 0 to 255. Each column once, in the encoder's order.
std::vector<Feature> featuresOf(const Encoder& encoder);

/// The rows `samples` of `dataset`, which fits `encoder`. Errors: those of reading pictures.
Result<FeatureTable> readFeatures(
    const Dataset& dataset, const Encoder& encoder, std::span<const std::uint32_t> samples, int threads);

/// {samples}: class numbers, or values in the encoded unit.
std::vector<float> readTargets(const Dataset& dataset, const Encoder& encoder, std::span<const std::uint32_t> samples);

/// The samples that have a target; of Grouping all of them.
std::vector<std::uint32_t> labelledOf(const Dataset& dataset, Task task, std::span<const std::uint32_t> samples);

} // namespace ty::engine
