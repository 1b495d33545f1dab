#pragma once

#include <string>

namespace ty::engine {

class DataFiles;

/// Whether a regular file begins like IDX, unpacked or not.
bool looksLikeIdx(const std::string& path, const DataFiles* files);

} // namespace ty::engine
