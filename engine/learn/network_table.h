#pragma once

#include <string>

#include "engine/base/json.h"
#include "engine/base/parameter.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// The parameters of the learner "network".
ParameterTable makeNetworkTable();
/// The parameters of the learner "linear": those of the network that mean something for a single layer.
ParameterTable makeLinearTable();

/// What the preset "fast", "balanced" or "best" changes in the network's table for this data: the size of the network,
/// the number of epochs, so that each preset costs about the same number of sample passes on any pictures, and for
/// tables the weight decay, which is stronger the fewer rows there are.
Json networkPreset(const std::string& preset, const DatasetInfo& info);
Json linearPreset(const std::string& preset);

} // namespace ty::engine
