#include "engine/backends/cpu/loops/pooling_loops.h"

#include <algorithm>
#include <cstring>

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

namespace {

constexpr int kLanes = 16; ///< channels at once: one register of 512 bits, or two of 256

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

/// kLanes channels from `first` on.
template<typename T>
TY_INLINE void maxPoolLanes(const PoolPlane& plane, std::int64_t first, const T* x, T* y, std::uint8_t* place)
{
    const std::int64_t inner = plane.inner;
    overResults(plane, [&](const Window& window, std::int64_t number) {
        // The first pixel wins until one is larger: so it does if it is no number.
        FloatLanes best;
        loadLanes(x + (window.rowBegin * plane.width + window.columnBegin) * inner + first, best);
        PlaceLanes bestPlace{};
        bestPlace += static_cast<std::int32_t>(
            (window.rowBegin - window.top) * plane.kernel[1] + window.columnBegin - window.left);
        overPixels(plane, window, [&](std::int64_t pixel, std::int32_t at) {
            FloatLanes source;
            loadLanes(x + pixel * inner + first, source);
            const auto isBetter = source > best;
            best = isBetter ? source : best;
            bestPlace = isBetter ? PlaceLanes{} + at : bestPlace;
        });
        const auto bytes = __builtin_convertvector(bestPlace, ByteLanes);
        storeLanes(best, y + number * inner + first);
        std::memcpy(place + number * inner + first, &bytes, sizeof bytes);
    });
}

/// One channel.
template<typename T>
TY_INLINE void maxPoolLane(const PoolPlane& plane, std::int64_t channel, const T* x, T* y, std::uint8_t* place)
{
    const std::int64_t inner = plane.inner;
    overResults(plane, [&](const Window& window, std::int64_t number) {
        float best = toFloat(x[(window.rowBegin * plane.width + window.columnBegin) * inner + channel]);
        auto bestPlace = static_cast<std::int32_t>(
            (window.rowBegin - window.top) * plane.kernel[1] + window.columnBegin - window.left);
        overPixels(plane, window, [&](std::int64_t pixel, std::int32_t at) {
            const float source = toFloat(x[pixel * inner + channel]);
            const bool isBetter = source > best;
            best = isBetter ? source : best;
            bestPlace = isBetter ? at : bestPlace;
        });
        y[number * inner + channel] = fromFloat<T>(best);
        place[number * inner + channel] = static_cast<std::uint8_t>(bestPlace);
    });
}

template<int Lanes, bool IsOverlapping, typename T>
TY_INLINE void maxPoolGradLanes(
    const PoolPlane& plane, std::int64_t first, const T* grad, const std::uint8_t* place, T* dx)
{
    const std::int64_t inner = plane.inner;
    overResults(plane, [&](const Window& window, std::int64_t number) {
        T g[Lanes];
        std::int32_t from[Lanes];
        for (int c = 0; c < Lanes; ++c) {
            g[c] = grad[number * inner + first + c];
            from[c] = place[number * inner + first + c];
        }
        overPixels(plane, window, [&](std::int64_t pixel, std::int32_t at) {
            T* target = dx + pixel * inner + first;
            for (int c = 0; c < Lanes; ++c) {
                const T share = from[c] == at ? g[c] : T{};
                target[c] = IsOverlapping ? fromFloat<T>(toFloat(target[c]) + toFloat(share)) : share;
            }
        });
    });
}

/// Whether every pixel lies in exactly one window: then its gradient is written once, without zeroing first.
bool isTiled(const PoolPlane& plane)
{
    return plane.stride == plane.kernel && plane.offset[0] == 0 && plane.offset[1] == 0
        && plane.resultHeight * plane.stride[0] >= plane.height && plane.resultWidth * plane.stride[1] >= plane.width;
}

template<bool IsOverlapping, typename T>
TY_INLINE void maxPoolGradPlane(const PoolPlane& plane, const T* grad, const std::uint8_t* place, T* dx)
{
    std::int64_t c = 0;
    for (; c + kLanes <= plane.inner; c += kLanes) {
        maxPoolGradLanes<kLanes, IsOverlapping>(plane, c, grad, place, dx);
    }
    for (; c < plane.inner; ++c) {
        maxPoolGradLanes<1, IsOverlapping>(plane, c, grad, place, dx);
    }
}

TY_INLINE void averagePoolRows(const PoolPlane& plane, const std::int64_t inner, const float* x, float* y)
{
    for (std::int64_t row = 0; row < plane.resultHeight; ++row) {
        for (std::int64_t column = 0; column < plane.resultWidth; ++column) {
            const Window window = windowAt(plane, row, column);
            float* total = y + (row * plane.resultWidth + column) * inner;
            std::fill(total, total + inner, 0.0F);
            for (std::int64_t h = window.rowBegin; h < window.rowEnd; ++h) {
                for (std::int64_t w = window.columnBegin; w < window.columnEnd; ++w) {
                    const float* pixel = x + (h * plane.width + w) * inner;
#pragma omp simd
                    for (std::int64_t c = 0; c < inner; ++c) {
                        total[c] += pixel[c];
                    }
                }
            }
            const float factor = 1.0F
                / static_cast<float>((window.rowEnd - window.rowBegin) * (window.columnEnd - window.columnBegin));
#pragma omp simd
            for (std::int64_t c = 0; c < inner; ++c) {
                total[c] *= factor;
            }
        }
    }
}

TY_INLINE void averagePoolGradRows(const PoolPlane& plane, const std::int64_t inner, const float* grad, float* dx)
{
    std::fill(dx, dx + plane.height * plane.width * inner, 0.0F);
    for (std::int64_t row = 0; row < plane.resultHeight; ++row) {
        for (std::int64_t column = 0; column < plane.resultWidth; ++column) {
            const Window window = windowAt(plane, row, column);
            const float* source = grad + (row * plane.resultWidth + column) * inner;
            const float factor = 1.0F
                / static_cast<float>((window.rowEnd - window.rowBegin) * (window.columnEnd - window.columnBegin));
            for (std::int64_t h = window.rowBegin; h < window.rowEnd; ++h) {
                for (std::int64_t w = window.columnBegin; w < window.columnEnd; ++w) {
                    float* pixel = dx + (h * plane.width + w) * inner;
#pragma omp simd
                    for (std::int64_t c = 0; c < inner; ++c) {
                        pixel[c] += factor * source[c];
                    }
                }
            }
        }
    }
}

} // namespace

namespace {

template<typename T>
TY_INLINE void maxPoolPlane(const PoolPlane& plane, const T* x, T* y, std::uint8_t* place)
{
    std::int64_t c = 0;
    for (; c + kLanes <= plane.inner; c += kLanes) {
        maxPoolLanes(plane, c, x, y, place);
    }
    for (; c < plane.inner; ++c) {
        maxPoolLane(plane, c, x, y, place);
    }
}

template<typename T>
TY_INLINE void maxPoolGradOf(const PoolPlane& plane, const T* grad, const std::uint8_t* place, T* dx)
{
    if (isTiled(plane)) {
        maxPoolGradPlane<false>(plane, grad, place, dx);
        return;
    }
    std::fill(dx, dx + plane.height * plane.width * plane.inner, T{});
    maxPoolGradPlane<true>(plane, grad, place, dx);
}

} // namespace

TY_CLONES
void maxPool(const PoolPlane& plane, const float* x, float* y, std::uint8_t* place)
{
    maxPoolPlane(plane, x, y, place);
}

TY_CLONES
void maxPool(const PoolPlane& plane, const BFloat16* x, BFloat16* y, std::uint8_t* place)
{
    maxPoolPlane(plane, x, y, place);
}

TY_CLONES
void maxPoolGrad(const PoolPlane& plane, const float* grad, const std::uint8_t* place, float* dx)
{
    maxPoolGradOf(plane, grad, place, dx);
}

TY_CLONES
void maxPoolGrad(const PoolPlane& plane, const BFloat16* grad, const std::uint8_t* place, BFloat16* dx)
{
    maxPoolGradOf(plane, grad, place, dx);
}

TY_CLONES
void averagePool(const PoolPlane& plane, const float* x, float* y)
{
    switch (plane.inner) {
    case 1: averagePoolRows(plane, 1, x, y); break;
    case 16: averagePoolRows(plane, 16, x, y); break;
    default: averagePoolRows(plane, plane.inner, x, y); break;
    }
}

TY_CLONES
void averagePoolGrad(const PoolPlane& plane, const float* grad, float* dx)
{
    switch (plane.inner) {
    case 1: averagePoolGradRows(plane, 1, grad, dx); break;
    case 16: averagePoolGradRows(plane, 16, grad, dx); break;
    default: averagePoolGradRows(plane, plane.inner, grad, dx); break;
    }
}

TY_CLONES
void upsample(const PoolPlane& plane, const float* x, float* y)
{
    const std::int64_t inner = plane.inner;
    for (std::int64_t h = 0; h < plane.height; ++h) {
        for (std::int64_t w = 0; w < plane.width; ++w) {
            const float* source = x + (h / plane.kernel[0] * plane.resultWidth + w / plane.kernel[1]) * inner;
            float* target = y + (h * plane.width + w) * inner;
#pragma omp simd
            for (std::int64_t c = 0; c < inner; ++c) {
                target[c] = source[c];
            }
        }
    }
}

TY_CLONES
void upsampleGrad(const PoolPlane& plane, const float* grad, float* dx)
{
    const std::int64_t inner = plane.inner;
    std::fill(dx, dx + plane.resultHeight * plane.resultWidth * inner, 0.0F);
    for (std::int64_t h = 0; h < plane.height; ++h) {
        for (std::int64_t w = 0; w < plane.width; ++w) {
            float* target = dx + (h / plane.kernel[0] * plane.resultWidth + w / plane.kernel[1]) * inner;
            const float* source = grad + (h * plane.width + w) * inner;
#pragma omp simd
            for (std::int64_t c = 0; c < inner; ++c) {
                target[c] += source[c];
            }
        }
    }
}

} // namespace ty::engine::loops
