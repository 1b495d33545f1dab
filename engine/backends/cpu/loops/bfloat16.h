#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine {

/// The upper half of a float32. A number format of memory alone: loops compute in float32.
enum class BFloat16 : std::uint16_t {};

namespace loops {

TY_INLINE float toFloat(float value)
{
    return value;
}

TY_INLINE float toFloat(BFloat16 value)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U);
}

template<typename T>
TY_INLINE T fromFloat(float value)
{
    return value;
}

/// To the nearest, ties to even; what is no number stays none.
template<>
TY_INLINE BFloat16 fromFloat<BFloat16>(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    const std::uint32_t chosen = (bits & 0x7FFFFFFFU) > 0x7F800000U ? 0x7FC0U : rounded;
    return static_cast<BFloat16>(static_cast<std::uint16_t>(chosen));
}

void convert(const float* x, BFloat16* y, std::size_t count);
void convert(const BFloat16* x, float* y, std::size_t count);

} // namespace loops

} // namespace ty::engine
