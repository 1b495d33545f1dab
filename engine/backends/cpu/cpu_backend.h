#pragma once

#include <memory>

#include "engine/nn/training_session.h"

namespace ty::engine {

/// The processor, through oneDNN. threads <= 0: all cores this process may use. Always available; the reference.
std::unique_ptr<Backend> makeCpuBackend(int threads = 0);

/// Whether the processor multiplies bfloat16 itself (AVX-512 BF16, which processors with AMX have too).
bool hasBFloat16();

} // namespace ty::engine
