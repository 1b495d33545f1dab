#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

/// Threads to compute with when the person asked for `wanted` (0: automatic): one where a step is so short that
/// handing parts of it to other threads, and waiting for them on a busy machine, takes longer than the step itself.
/// @param flopsPerStep  of all samples together, forward and backward
int chooseThreads(int wanted, double flopsPerStep);

/// The backend for "auto" or "cpu". threads <= 0: all cores. Errors: Unsupported for a device that this machine or
/// this build does not have, with what can be done.
Result<std::unique_ptr<Backend>> makeBackend(const std::string& device, int threads);

} // namespace ty::engine
