#pragma once

#include <cstdint>

#include "engine/backends/cpu/loops/clones.h"

// 16 channels of one place, as the compiler's vectors.
namespace ty::engine::loops {

inline constexpr std::int64_t kLanes = 16;

/// Passed by reference alone: how vectors are passed by value depends on the processor.
using Vec = float __attribute__((vector_size(64)));
using VecInMemory = float __attribute__((vector_size(64), aligned(4), may_alias));

TY_INLINE const VecInMemory& at(const float* place)
{
    return *reinterpret_cast<const VecInMemory*>(place);
}

TY_INLINE VecInMemory& at(float* place)
{
    return *reinterpret_cast<VecInMemory*>(place);
}

} // namespace ty::engine::loops
