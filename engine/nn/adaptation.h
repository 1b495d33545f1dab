#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/model_description.h"

namespace ty::engine {

/// A network made to fit data, and what was changed for that, a sentence each.
struct AdaptedNetwork {
    ModelDescription network;
    std::vector<std::string> changes;
};

/// Keeps the layers. A network of flat inputs takes `input` whatever it is, if its layers can; the last dense layer gets
/// as many units as make `outputs` values. Pictures of another size are not adapted here: they are scaled when they are
/// read.
/// @param input    without the batch: {features} or {channels, height, width}
/// @param outputs  values a sample: classes, or 1
/// Errors: InvalidInput naming both shapes where the network cannot fit, and those of summarise().
Result<AdaptedNetwork> adaptNetwork(ModelDescription network, const Shape& input, std::int64_t outputs);

/// Marks layers as frozen: their weights stay as they begin.
/// @param names  separated by commas; * at the end of one stands for any ending: "conv*, norm1"
/// Errors: InvalidInput for a name that no layer has, or when nothing is left to learn.
Result<void> freezeLayers(ModelDescription& network, const std::string& names);

} // namespace ty::engine
