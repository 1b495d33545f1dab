#pragma once

#include <bit>
#include <cstddef>
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

/// The largest of x; count >= 1.
TY_INLINE float maximumOf(const float* x, std::size_t count)
{
    float best = x[0];
#pragma omp simd reduction(max : best)
    for (std::size_t i = 0; i < count; ++i) {
        best = x[i] > best ? x[i] : best;
    }
    return best;
}

TY_INLINE float fastSigmoid(float x)
{
    return 1.0F / (1.0F + fastExp(-x));
}

TY_INLINE float fastTanh(float x)
{
    return 1.0F - 2.0F / (fastExp(2.0F * x) + 1.0F);
}

/// Natural logarithm. Relative error below 2e-7 for normal numbers above 0; what is no number stays none. Source of the
/// coefficients: Cephes, logf.
TY_INLINE float fastLog(float x)
{
    // x = 2^power * m with m in [1/sqrt(2), sqrt(2)).
    constexpr std::uint32_t kRootOfHalf = 0x3F3504F3;
    constexpr std::uint32_t kOne = 0x3F800000;
    const std::uint32_t shifted = std::bit_cast<std::uint32_t>(x) + (kOne - kRootOfHalf);
    const auto power = static_cast<float>(static_cast<std::int32_t>(shifted >> 23U) - 127);
    const float r = std::bit_cast<float>((shifted & 0x007FFFFFU) + kRootOfHalf) - 1.0F;
    const float square = r * r;
    float p = 7.0376836292e-2F;
    p = p * r - 1.1514610310e-1F;
    p = p * r + 1.1676998740e-1F;
    p = p * r - 1.2420140846e-1F;
    p = p * r + 1.4249322787e-1F;
    p = p * r - 1.6668057665e-1F;
    p = p * r + 2.0000714765e-1F;
    p = p * r - 2.4999993993e-1F;
    p = p * r + 3.3333331174e-1F;
    p = p * r * square - 2.12194440e-4F * power - 0.5F * square;
    const float result = (r + p) + 0.693359375F * power;
    return x == x ? result : x;
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
