#pragma once

#include <string>

namespace ty::engine {

/// Whether a regular file begins like IDX, unpacked or not.
bool looksLikeIdx(const std::string& path);

} // namespace ty::engine
