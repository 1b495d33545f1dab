#pragma once

#include <cstdint>
#include <string>

#include "engine/nn/model_description.h"

namespace ty::engine {

enum class PresetSize { Fast, Balanced, Best };

/// A multilayer perceptron with sizes chosen from the data; a direct path from inputs to outputs keeps linear
/// relations easy on small tables.
ModelDescription tablePreset(PresetSize size, std::int64_t features, std::int64_t outputs, std::uint64_t samples);
/// A convolution network for {channels, height, width}; depth follows the picture's size (8 x 8 and up).
ModelDescription imagePreset(PresetSize size, const Shape& imageShape, std::int64_t outputs, std::uint64_t samples);

} // namespace ty::engine
