#pragma once

#include "engine/backends/cpu/loops/channel_vector.h"

// The one-dimensional transforms of winograd.h: applied to the columns of a tile, then to its rows. The points are 0, +-a,
// +-b and infinity.
namespace ty::engine::loops {

inline constexpr int kSide = 6;       ///< of a transformed tile
inline constexpr int kResultSide = 4;

namespace points {

inline constexpr float kA = 0.75F;
inline constexpr float kB = 1.5F;
inline constexpr float kA2 = kA * kA;
inline constexpr float kB2 = kB * kB;
inline constexpr float kA3 = kA2 * kA;
inline constexpr float kB3 = kB2 * kB;
inline constexpr float kProduct = kA2 * kB2;
inline constexpr float kSum = kA2 + kB2;
// What divides a weight at 0, +-a and +-b: the product of the differences to the other points.
inline constexpr float kAtZero = 1.0F / kProduct;
inline constexpr float kAtA = 1.0F / (2.0F * kA2 * (kA2 - kB2));
inline constexpr float kAtB = 1.0F / (2.0F * kB2 * (kB2 - kA2));

} // namespace points

TY_INLINE void transformInput(const Vec (&d)[kSide], Vec (&r)[kSide])
{
    using namespace points;
    const Vec evenA = d[4] - kB2 * d[2];
    const Vec oddA = d[3] - kB2 * d[1];
    const Vec evenB = d[4] - kA2 * d[2];
    const Vec oddB = d[3] - kA2 * d[1];
    r[0] = (d[4] - kSum * d[2]) + kProduct * d[0];
    r[1] = evenA + kA * oddA;
    r[2] = evenA - kA * oddA;
    r[3] = evenB + kB * oddB;
    r[4] = evenB - kB * oddB;
    r[5] = (d[5] - kSum * d[3]) + kProduct * d[1];
}

TY_INLINE void transformOutput(const Vec (&m)[kSide], Vec (&y)[kResultSide])
{
    using namespace points;
    const Vec sumA = m[1] + m[2];
    const Vec differenceA = m[1] - m[2];
    const Vec sumB = m[3] + m[4];
    const Vec differenceB = m[3] - m[4];
    y[0] = (m[0] + sumA) + sumB;
    y[1] = kA * differenceA + kB * differenceB;
    y[2] = kA2 * sumA + kB2 * sumB;
    y[3] = (kA3 * differenceA + m[5]) + kB3 * differenceB;
}

/// The adjoint of transformOutput.
TY_INLINE void transformGrad(const Vec (&y)[kResultSide], Vec (&r)[kSide])
{
    using namespace points;
    const Vec evenA = y[0] + kA2 * y[2];
    const Vec oddA = kA * y[1] + kA3 * y[3];
    const Vec evenB = y[0] + kB2 * y[2];
    const Vec oddB = kB * y[1] + kB3 * y[3];
    r[0] = y[0];
    r[1] = evenA + oddA;
    r[2] = evenA - oddA;
    r[3] = evenB + oddB;
    r[4] = evenB - oddB;
    r[5] = y[3];
}

TY_INLINE void transformWeight(const Vec (&g)[3], Vec (&u)[kSide])
{
    using namespace points;
    const Vec evenA = (g[0] + kA2 * g[2]) * kAtA;
    const Vec oddA = g[1] * (kA * kAtA);
    const Vec evenB = (g[0] + kB2 * g[2]) * kAtB;
    const Vec oddB = g[1] * (kB * kAtB);
    u[0] = g[0] * kAtZero;
    u[1] = evenA + oddA;
    u[2] = evenA - oddA;
    u[3] = evenB + oddB;
    u[4] = evenB - oddB;
    u[5] = g[2];
}

/// The adjoint of transformWeight.
TY_INLINE void transformWeightGrad(const Vec (&u)[kSide], Vec (&g)[3])
{
    using namespace points;
    const Vec sumA = (u[1] + u[2]) * kAtA;
    const Vec differenceA = (u[1] - u[2]) * kAtA;
    const Vec sumB = (u[3] + u[4]) * kAtB;
    const Vec differenceB = (u[3] - u[4]) * kAtB;
    g[0] = (u[0] * kAtZero + sumA) + sumB;
    g[1] = kA * differenceA + kB * differenceB;
    g[2] = (kA2 * sumA + kB2 * sumB) + u[5];
}

} // namespace ty::engine::loops
