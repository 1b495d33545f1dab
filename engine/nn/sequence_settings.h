#pragma once

#include <optional>
#include <string>

#include "engine/nn/setting_reader.h"

namespace ty::engine {

/// Embedding, recurrent layers and attention; nothing for other types.
Result<std::optional<LayerSettings>> readSequenceLayer(
    SettingReader& reader, const std::string& type, const Shape& input);

} // namespace ty::engine
