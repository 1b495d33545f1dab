#pragma once

#include <memory>

#include "engine/nn/training_session.h"

namespace ty::engine {

/// The processor, through oneDNN. threads <= 0: all cores this process may use. Always available; the reference.
std::unique_ptr<Backend> makeCpuBackend(int threads = 0);

/// Whether the processor multiplies bfloat16 itself (AVX-512 BF16, which processors with AMX have too).
bool hasBFloat16();

/// Whether oneDNN multiplies bfloat16 on AMX's tiles: the processor has them, the system gives them to this process, and
/// nobody has set ONEDNN_MAX_CPU_ISA to less.
bool hasTiles();

} // namespace ty::engine
