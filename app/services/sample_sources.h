#pragma once

#include <string>

#include "engine/base/result.h"

namespace ty::app {

/// The path of a bundled sample ("digits", "iris", "spirals", "tones"). A generated one is written into `folder` the
/// first time. Blocks; for worker threads.
Result<std::string> ensureSample(const std::string& key, const std::string& folder);

} // namespace ty::app
