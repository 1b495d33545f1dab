#pragma once

#include <array>
#include <optional>

#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/nn/model_description.h"

namespace ty::engine {

/// The network that the run names or describes, before it is adapted to data; nothing: chosen from the data.
/// Errors: InvalidInput when it does both, NotFound for an unknown name, those of ModelDescription::fromJson().
Result<std::optional<ModelDescription>> chosenNetwork(const RunSpec& spec);

/// {channels, height, width} that pictures are scaled to for this network; all 0: they stay as they are.
Result<std::array<int, 3>> pictureShapeFor(const RunSpec& spec);

} // namespace ty::engine
