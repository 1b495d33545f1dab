#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/tensor/tensor.h"

namespace ty::engine {

/// 16 hex digits over the names and the bytes of tensors, in whatever order they come, and over a text beside them. It
/// finds torn and flipped bytes at the speed of memory; it is no signature.
std::string tensorChecksum(std::span<const NamedTensor> tensors, std::string_view text = {});

} // namespace ty::engine
