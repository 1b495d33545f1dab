#pragma once

#include "engine/backends/cpu/loops/channel_vector.h"

// One axis of F(4, 4) at the points +-a, +-b, +-c and infinity, on vectors; see strided_window.h. Without its last tap, F(4, 3)
// at the same points needs none at infinity. Matrices: Y = A^T [(G g) (B^T d)].
// In memory the points of one place of the vertical axis (7 of the phase of even taps, 6 of the other's, of which the last
// place has the former alone) are a set: of the phase of even taps of the horizontal axis 7 of each channel, then of the
// other phase 6 of each.
namespace ty::engine::loops::strided {

inline constexpr int kFinite = 6;
inline constexpr int kPoints = 7; ///< a, -a, b, -b, c, -c, infinity
inline constexpr int kAxis = 13; ///< points of both phases
inline constexpr int kResults = 4;
inline constexpr int kTaps = 4;

/// The set of place i of the vertical axis of a phase.
constexpr std::int64_t setOf(std::int64_t i, std::int64_t phase)
{
    return i < kFinite ? 2 * i + phase : 2 * kFinite;
}

inline constexpr double kPoint[3] = {0.3125, 0.875, 1.75};

constexpr double squareOf(int pair)
{
    return kPoint[pair % 3] * kPoint[pair % 3];
}

/// G: the polynomial of the taps at a point, divided by the product of its distances to all other finite points.
constexpr double tapFactor(int point, int tap)
{
    if (point == kFinite) {
        return tap == kTaps - 1 ? 1 : 0;
    }
    const int pair = point / 2;
    const double place = point % 2 == 0 ? kPoint[pair] : -kPoint[pair];
    const double square = squareOf(pair);
    double factor = 1 / (2 * place * (square - squareOf(pair + 1)) * (square - squareOf(pair + 2)));
    for (int i = 0; i < tap; ++i) {
        factor *= place;
    }
    return factor;
}

/// G^T or G as a table of floats.
struct TapFactors {
    float factors[kPoints][kTaps] = {};
    constexpr TapFactors()
    {
        for (int point = 0; point < kPoints; ++point) {
            for (int tap = 0; tap < kTaps; ++tap) {
                factors[point][tap] = static_cast<float>(tapFactor(point, tap));
            }
        }
    }
};

inline constexpr TapFactors kTapFactors;

/// B^T at the finite points, of six values.
TY_INLINE void inputPoints(const Vec (&d)[kPoints], Vec (&r)[kPoints])
{
    TY_UNROLL
    for (int pair = 0; pair < 3; ++pair) {
        constexpr double kSquares[3] = {squareOf(0), squareOf(1), squareOf(2)};
        const auto sum = static_cast<float>(kSquares[(pair + 1) % 3] + kSquares[(pair + 2) % 3]);
        const auto product = static_cast<float>(kSquares[(pair + 1) % 3] * kSquares[(pair + 2) % 3]);
        const auto place = static_cast<float>(kPoint[pair]);
        const Vec even = d[4] - sum * d[2] + product * d[0];
        const Vec odd = d[5] - sum * d[3] + product * d[1];
        r[2 * pair] = odd + place * even;
        r[2 * pair + 1] = odd - place * even;
    }
}

/// B^T at infinity, of seven values.
TY_INLINE void inputAtInfinity(const Vec (&d)[kPoints], Vec& r)
{
    constexpr double kA = squareOf(0);
    constexpr double kB = squareOf(1);
    constexpr double kC = squareOf(2);
    constexpr auto kSum = static_cast<float>(kA + kB + kC);
    constexpr auto kPairs = static_cast<float>(kA * kB + kA * kC + kB * kC);
    constexpr auto kProduct = static_cast<float>(kA * kB * kC);
    r = (d[6] - kSum * d[4]) + (kPairs * d[2] - kProduct * d[0]);
}

/// A^T.
TY_INLINE void outputPoints(const Vec (&d)[kPoints], Vec (&r)[kResults])
{
    constexpr auto kA = static_cast<float>(kPoint[0]);
    constexpr auto kB = static_cast<float>(kPoint[1]);
    constexpr auto kC = static_cast<float>(kPoint[2]);
    const Vec sumA = d[0] + d[1];
    const Vec sumB = d[2] + d[3];
    const Vec sumC = d[4] + d[5];
    const Vec differenceA = d[0] - d[1];
    const Vec differenceB = d[2] - d[3];
    const Vec differenceC = d[4] - d[5];
    r[0] = sumA + sumB + sumC;
    r[1] = kA * differenceA + kB * differenceB + kC * differenceC;
    r[2] = kA * kA * sumA + kB * kB * sumB + kC * kC * sumC;
    r[3] = kA * kA * kA * differenceA + kB * kB * kB * differenceB + (kC * kC * kC * differenceC + d[6]);
}

/// A.
TY_INLINE void gradPoints(const Vec (&d)[kResults], Vec (&r)[kPoints])
{
    TY_UNROLL
    for (int pair = 0; pair < 3; ++pair) {
        const auto place = static_cast<float>(kPoint[pair]);
        const auto square = static_cast<float>(squareOf(pair));
        const Vec even = d[0] + square * d[2];
        const Vec odd = d[1] + square * d[3];
        r[2 * pair] = even + place * odd;
        r[2 * pair + 1] = even - place * odd;
    }
    r[kFinite] = d[3];
}

/// G.
TY_INLINE void tapPoints(const Vec (&d)[kTaps], Vec (&r)[kPoints])
{
    TY_UNROLL
    for (int point = 0; point < kPoints; ++point) {
        const float* factors = kTapFactors.factors[point];
        r[point] = (factors[0] * d[0] + factors[1] * d[1]) + (factors[2] * d[2] + factors[3] * d[3]);
    }
}

/// G^T of the first `points`.
TY_INLINE void pointTaps(const Vec (&d)[kPoints], int points, Vec (&r)[kTaps])
{
    TY_UNROLL
    for (int tap = 0; tap < kTaps; ++tap) {
        r[tap] = Vec{};
    }
    for (int point = 0; point < points; ++point) {
        TY_UNROLL
        for (int tap = 0; tap < kTaps; ++tap) {
            r[tap] += kTapFactors.factors[point][tap] * d[point];
        }
    }
}

} // namespace ty::engine::loops::strided
