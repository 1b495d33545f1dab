#pragma once

#include <span>
#include <string>

#include "engine/exchange/safetensors.h"

namespace ty::engine {

/// Writes a model's learned numbers with a checksum of them in the metadata. Errors: those of writeSafetensors().
Result<void> writeModelWeights(const std::string& path, std::span<const NamedTensor> tensors);

/// Reads weights of this program or of another one. Errors: those of readSafetensors(), and InvalidInput where the file
/// has a checksum of writeModelWeights() that does not fit its numbers.
Result<SafetensorsFile> readModelWeights(const std::string& path);

} // namespace ty::engine
