#pragma once

#include <bit>
#include <cstdint>

#include "engine/backends/cpu/loops/clones.h"

// Elementary functions that compilers can vectorise. Relative error of fastExp below 2e-7 on [-87, 88]; smaller
// arguments give the smallest normal number, larger ones the value at 88. Source of the coefficients: Cephes, expf.
namespace ty::engine::loops {

TY_INLINE float fastExp(float x)
{
    x = x < -87.0F ? -87.0F : x;
    x = x > 88.0F ? 88.0F : x;
    constexpr float kRound = 12582912.0F; // 1.5 * 2^23: adding it rounds to whole numbers
    const float shifted = x * 1.44269504088896341F + kRound;
    const float whole = shifted - kRound;
    const float r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const auto power = static_cast<std::uint32_t>(static_cast<std::int32_t>(whole) + 127) << 23U;
    return p * std::bit_cast<float>(power);
}

TY_INLINE float fastSigmoid(float x)
{
    return 1.0F / (1.0F + fastExp(-x));
}

TY_INLINE float fastTanh(float x)
{
    return 1.0F - 2.0F / (fastExp(2.0F * x) + 1.0F);
}

/// Absolute error below 5e-7. Source: Abramowitz, Stegun (1964), 7.1.26.
TY_INLINE float fastErf(float x)
{
    const float a = x < 0.0F ? -x : x;
    const float t = 1.0F / (1.0F + 0.3275911F * a);
    const float p =
        t * (0.254829592F + t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F))));
    const float result = 1.0F - p * fastExp(-a * a);
    return x < 0.0F ? -result : result;
}

} // namespace ty::engine::loops
