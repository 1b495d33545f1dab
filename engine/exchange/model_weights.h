#pragma once

#include <map>
#include <span>
#include <string>

#include "engine/exchange/safetensors.h"

namespace ty::engine {

/// Writes a model's learned numbers with a checksum of them, their types and shapes in the metadata.
/// @param metadata  further texts of the file
/// Errors: those of writeSafetensors().
Result<void> writeModelWeights(
    const std::string& path, std::span<const NamedTensor> tensors, std::map<std::string, std::string> metadata = {});

/// Reads weights of this program or of another one. Errors: those of readSafetensors(), and InvalidInput where the file
/// has a checksum of writeModelWeights() that does not fit its tensors.
Result<SafetensorsFile> readModelWeights(const std::string& path);

} // namespace ty::engine
