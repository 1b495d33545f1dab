#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace ty {

/// As writeFileAtomically(), of parts that follow one another, without a copy of them.
Result<void> writePartsAtomically(const std::string& path, std::span<const std::string_view> parts);

} // namespace ty
