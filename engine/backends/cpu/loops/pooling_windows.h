#pragma once

#include <cstdint>
#include <cstring>

#include "engine/backends/cpu/loops/pooling_loops.h"

// What the loops of all pools share: the windows over a picture, and vectors of channels.
namespace ty::engine::loops {

namespace pooling {

inline constexpr int kLanes = 16; ///< channels at once: one register of 512 bits, or two of 256

/// The part of a window that lies inside the picture.
struct Window {
    std::int64_t top = 0;
    std::int64_t left = 0;
    std::int64_t rowBegin = 0;
    std::int64_t rowEnd = 0;
    std::int64_t columnBegin = 0;
    std::int64_t columnEnd = 0;
};

TY_INLINE Window windowAt(const PoolPlane& plane, std::int64_t row, std::int64_t column)
{
    Window window;
    window.top = row * plane.stride[0] - plane.offset[0];
    window.left = column * plane.stride[1] - plane.offset[1];
    window.rowBegin = window.top < 0 ? 0 : window.top;
    window.columnBegin = window.left < 0 ? 0 : window.left;
    const std::int64_t bottom = window.top + plane.kernel[0];
    const std::int64_t right = window.left + plane.kernel[1];
    window.rowEnd = bottom > plane.height ? plane.height : bottom;
    window.columnEnd = right > plane.width ? plane.width : right;
    return window;
}

/// Calls visit(window, number of the result) for every result.
template<typename Visit>
TY_INLINE void overResults(const PoolPlane& plane, Visit visit)
{
    for (std::int64_t row = 0; row < plane.resultHeight; ++row) {
        for (std::int64_t column = 0; column < plane.resultWidth; ++column) {
            visit(windowAt(plane, row, column), row * plane.resultWidth + column);
        }
    }
}

/// Calls visit(number of the pixel, place in the window) for every pixel of a window.
template<typename Visit>
TY_INLINE void overPixels(const PoolPlane& plane, const Window& window, Visit visit)
{
    for (std::int64_t h = window.rowBegin; h < window.rowEnd; ++h) {
        for (std::int64_t w = window.columnBegin; w < window.columnEnd; ++w) {
            visit(
                h * plane.width + w,
                static_cast<std::int32_t>((h - window.top) * plane.kernel[1] + (w - window.left)));
        }
    }
}

// Vectors as the compiler knows them: loops over small arrays were left in memory (3 times slower).
using FloatLanes __attribute__((vector_size(kLanes * sizeof(float)))) = float;
using PlaceLanes __attribute__((vector_size(kLanes * sizeof(std::int32_t)))) = std::int32_t;
using ByteLanes __attribute__((vector_size(kLanes))) = std::uint8_t;

using HalfLanes __attribute__((vector_size(kLanes * sizeof(std::uint16_t)))) = std::uint16_t;
using WordLanes __attribute__((vector_size(kLanes * sizeof(std::uint32_t)))) = std::uint32_t;

TY_INLINE void loadLanes(const float* source, FloatLanes& lanes)
{
    std::memcpy(&lanes, source, sizeof lanes);
}

TY_INLINE void loadLanes(const BFloat16* source, FloatLanes& lanes)
{
    HalfLanes halves;
    std::memcpy(&halves, source, sizeof halves);
    const WordLanes words = __builtin_convertvector(halves, WordLanes) << 16U;
    std::memcpy(&lanes, &words, sizeof lanes);
}

TY_INLINE void storeLanes(const FloatLanes& lanes, float* target)
{
    std::memcpy(target, &lanes, sizeof lanes);
}

/// Of numbers that were read as bfloat16, so that nothing is rounded.
TY_INLINE void storeLanes(const FloatLanes& lanes, BFloat16* target)
{
    WordLanes words;
    std::memcpy(&words, &lanes, sizeof words);
    const auto halves = __builtin_convertvector(words >> 16U, HalfLanes);
    std::memcpy(target, &halves, sizeof halves);
}

} // namespace pooling

} // namespace ty::engine::loops
