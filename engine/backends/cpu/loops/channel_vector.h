#pragma once

#include <cstdint>
#include <type_traits>

#include "engine/backends/cpu/loops/bfloat16.h"
#include "engine/backends/cpu/loops/clones.h"

// 16 channels of one place, as the compiler's vectors.
namespace ty::engine::loops {

inline constexpr std::int64_t kLanes = 16;

/// Passed by reference alone: how vectors are passed by value depends on the processor.
using Vec = float __attribute__((vector_size(64)));
/// At any float. The attributes stand behind the name: clang heeds `aligned` there alone. What a function takes as a
/// `const Vec&` is loaded to a Vec first, because such a function trusts in a Vec's alignment.
using VecInMemory __attribute__((vector_size(64), aligned(4), may_alias)) = float;

TY_INLINE const VecInMemory& at(const float* place)
{
    return *reinterpret_cast<const VecInMemory*>(place);
}

TY_INLINE VecInMemory& at(float* place)
{
    return *reinterpret_cast<VecInMemory*>(place);
}

/// 16 values of either format as float32.
template<typename T>
TY_INLINE void load(const T* place, Vec& values)
{
    if constexpr (std::is_same_v<T, float>) {
        values = at(place);
    } else {
        using Words = std::uint32_t __attribute__((vector_size(64)));
        using Halves __attribute__((vector_size(32), aligned(2), may_alias)) = std::uint16_t;
        const Words words = __builtin_convertvector(*reinterpret_cast<const Halves*>(place), Words) << 16U;
        values = reinterpret_cast<Vec>(words);
    }
}

} // namespace ty::engine::loops
