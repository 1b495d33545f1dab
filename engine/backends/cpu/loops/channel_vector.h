#pragma once

#include <bit>
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

static_assert(std::endian::native == std::endian::little, "the upper half of a float is its second");
/// 16 numbers in bfloat16.
using HalfWords = std::uint16_t __attribute__((vector_size(32)));
using HalvesInMemory __attribute__((vector_size(32), aligned(2), may_alias)) = std::uint16_t;

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
        // One shuffle with zeros; a conversion to 32 bits would take the compiler six instructions.
        const HalfWords halves = *reinterpret_cast<const HalvesInMemory*>(place);
        values = reinterpret_cast<Vec>(__builtin_shufflevector(
            halves, HalfWords{},
            16, 0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7, 16, 8, 16, 9, 16, 10, 16, 11, 16, 12, 16, 13, 16, 14, 16, 15));
    }
}

/// 16 values into either format, as fromFloat rounds them.
template<typename T>
TY_INLINE void store(const Vec& values, T* place)
{
    if constexpr (std::is_same_v<T, float>) {
        at(place) = values;
    } else {
        using Words = std::uint32_t __attribute__((vector_size(64)));
        using AllWords = std::uint16_t __attribute__((vector_size(64)));
        const Words bits = reinterpret_cast<Words>(values);
        const Words rounded = bits + 0x7FFFU + ((bits >> 16U) & 1U);
        const Words none = Words{} + 0x7FC00000U;
        const auto words = reinterpret_cast<AllWords>(values == values ? rounded : none);
        *reinterpret_cast<HalvesInMemory*>(place)
            = __builtin_shufflevector(words, words, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    }
}

} // namespace ty::engine::loops
