#pragma once

#include "engine/base/result.h"
#include "engine/trees/forest.h"

namespace ty::engine {

/// Whether a forest that was read from somewhere may be asked: every question leads forward to a leaf that is there, and asks
/// for a feature and a set that are there. Errors: InvalidInput naming tree and node.
Result<void> checkForest(const Forest& forest);

} // namespace ty::engine
