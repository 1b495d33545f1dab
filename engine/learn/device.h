#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

/// The backend for "auto" or "cpu". threads <= 0: all cores. Errors: Unsupported for a device that this machine or
/// this build does not have, with what can be done.
Result<std::unique_ptr<Backend>> makeBackend(const std::string& device, int threads);

} // namespace ty::engine
