#pragma once

#include <memory>

#include "engine/nn/training_session.h"

namespace ty::engine {

/// The processor, through oneDNN. threads <= 0: all cores this process may use. Always available; the reference.
std::unique_ptr<Backend> makeCpuBackend(int threads = 0);

} // namespace ty::engine
