#pragma once

#include <set>
#include <span>
#include <string>

#include "engine/base/result.h"
#include "engine/exchange/safetensors.h"

namespace ty::engine {

/// Errors: InvalidInput saying that `what` holds NaN or an infinite value.
Result<void> checkFinite(std::span<const float> values, const std::string& what);

/// Makes the tensors of a file what weights of a network are, finite float32: BF16 becomes it exactly, F64 rounded.
/// @param what   the file, for messages
/// @param names  tensors that are weights, others stay as they are; null: all are
/// Errors: Unsupported for a tensor of whole numbers or of a type that is not read; InvalidInput for NaN, infinite values and
/// those outside the range of float32. All name the tensor.
Result<void> makeFloatWeights(SafetensorsFile& file, const std::string& what, const std::set<std::string>* names = nullptr);

} // namespace ty::engine
