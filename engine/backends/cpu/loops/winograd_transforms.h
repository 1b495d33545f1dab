#pragma once

#include "engine/backends/cpu/loops/channel_vector.h"

// The one-dimensional transforms of winograd.h: applied to the columns of a tile, then to its rows. The points are 0, +-a,
// +-b and infinity, for stride 2 0, +-a, b and infinity.
namespace ty::engine::loops {

inline constexpr int kSide = 6; ///< of a transformed tile, or weight
inline constexpr int kStridedSide = 9;
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
// Likewise of 0, a, -a and b alone.
inline constexpr float kStridedAtZero = 1.0F / (kA2 * kB);
inline constexpr float kStridedAtA = 1.0F / (2.0F * kA2 * (kA - kB));
inline constexpr float kStridedAtMinusA = -1.0F / (2.0F * kA2 * (kA + kB));
inline constexpr float kStridedAtB = 1.0F / (kB * (kB2 - kA2));

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

/// Two places of the window over five values, at r[0] to r[4].
TY_INLINE void transformPairs(const Vec (&d)[5], Vec (&r)[kStridedSide])
{
    using namespace points;
    const Vec outer = d[3] - kA2 * d[1];
    const Vec odd = d[3] - kB * d[2];
    const Vec even = kA * d[2] - (kA * kB) * d[1];
    r[0] = outer - kB * (d[2] - kA2 * d[0]);
    r[1] = odd + even;
    r[2] = odd - even;
    r[3] = outer;
    r[4] = (d[4] - kA2 * d[2]) - kB * outer;
}

/// The four sums of two places from r[0] to r[4].
TY_INLINE void sumPairs(const Vec (&m)[kStridedSide], Vec (&y)[kResultSide])
{
    using namespace points;
    const Vec sum = m[1] + m[2];
    const Vec difference = m[1] - m[2];
    y[0] = (m[0] + sum) + m[3];
    y[1] = kA * difference + kB * m[3];
    y[2] = kA2 * sum + kB2 * m[3];
    y[3] = (kA3 * difference + m[4]) + kB3 * m[3];
}

/// A convolution of stride 1, or the gradient of its input.
struct SameWinograd {
    static constexpr int kSide = loops::kSide;
    static constexpr int kReach = 6;       ///< values that a tile looks at, from kOffset
    static constexpr int kOffset = -1;
    static constexpr int kInputStep = 1;   ///< of the tile's place
    static constexpr int kResults = 4;
    static constexpr int kResultStep = 1;

    TY_INLINE static void input(const Vec (&d)[kReach], Vec (&r)[kSide]) { transformInput(d, r); }
    TY_INLINE static void output(const Vec (&m)[kSide], Vec (&y)[kResults]) { transformOutput(m, y); }
    TY_INLINE static void grad(const Vec (&y)[kResults], Vec (&r)[kSide]) { transformGrad(y, r); }
    TY_INLINE static void weight(const Vec (&g)[3], Vec (&u)[loops::kSide]) { transformWeight(g, u); }
    TY_INLINE static void weightGrad(const Vec (&u)[loops::kSide], Vec (&g)[3]) { transformWeightGrad(u, g); }
};

/// A convolution of stride 2: the values at odd places (from -1) meet two places of the window, the others one.
struct StridedWinograd {
    static constexpr int kSide = kStridedSide;
    static constexpr int kReach = 9;
    static constexpr int kOffset = -1;
    static constexpr int kInputStep = 2;
    static constexpr int kResults = 4;
    static constexpr int kResultStep = 1;

    TY_INLINE static void input(const Vec (&d)[kReach], Vec (&r)[kSide])
    {
        const Vec pairs[5] = {d[0], d[2], d[4], d[6], d[8]};
        transformPairs(pairs, r);
        r[5] = d[1];
        r[6] = d[3];
        r[7] = d[5];
        r[8] = d[7];
    }

    TY_INLINE static void output(const Vec (&m)[kSide], Vec (&y)[kResults])
    {
        sumPairs(m, y);
        TY_UNROLL
        for (int i = 0; i < kResults; ++i) {
            y[i] += m[5 + i];
        }
    }

    TY_INLINE static void grad(const Vec (&y)[kResults], Vec (&r)[kSide])
    {
        using namespace points;
        const Vec even = y[0] + kA2 * y[2];
        const Vec odd = kA * y[1] + kA3 * y[3];
        r[0] = y[0];
        r[1] = even + odd;
        r[2] = even - odd;
        r[3] = (y[0] + kB2 * y[2]) + (kB * y[1] + kB3 * y[3]);
        r[4] = y[3];
        TY_UNROLL
        for (int i = 0; i < kResults; ++i) {
            r[5 + i] = y[i];
        }
    }

    TY_INLINE static void weight(const Vec (&g)[3], Vec (&u)[loops::kSide])
    {
        using namespace points;
        u[0] = g[0] * kStridedAtZero;
        u[1] = (g[0] + kA * g[2]) * kStridedAtA;
        u[2] = (g[0] - kA * g[2]) * kStridedAtMinusA;
        u[3] = (g[0] + kB * g[2]) * kStridedAtB;
        u[4] = g[2];
        u[5] = g[1];
    }

    TY_INLINE static void weightGrad(const Vec (&u)[loops::kSide], Vec (&g)[3])
    {
        using namespace points;
        const Vec atA = u[1] * kStridedAtA;
        const Vec atMinusA = u[2] * kStridedAtMinusA;
        const Vec atB = u[3] * kStridedAtB;
        g[0] = (u[0] * kStridedAtZero + (atA + atMinusA)) + atB;
        g[1] = u[5];
        g[2] = (kA * (atA - atMinusA) + kB * atB) + u[4];
    }
};

/// The gradient of the input of a convolution of stride 2: odd places of the picture see two places of the (turned)
/// window, even ones one.
struct StridedGradWinograd {
    static constexpr int kSide = kStridedSide;
    static constexpr int kReach = 5;
    static constexpr int kOffset = 0;
    static constexpr int kInputStep = 1;
    static constexpr int kResults = 8;
    static constexpr int kResultStep = 2;

    TY_INLINE static void input(const Vec (&d)[kReach], Vec (&r)[kSide])
    {
        transformPairs(d, r);
        TY_UNROLL
        for (int i = 0; i < 4; ++i) {
            r[5 + i] = d[i];
        }
    }

    TY_INLINE static void output(const Vec (&m)[kSide], Vec (&y)[kResults])
    {
        Vec odd[kResultSide];
        sumPairs(m, odd);
        TY_UNROLL
        for (int i = 0; i < kResultSide; ++i) {
            y[2 * i] = m[5 + i];
            y[2 * i + 1] = odd[i];
        }
    }
};

} // namespace ty::engine::loops
