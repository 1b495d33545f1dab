#include "engine/backends/cpu/loops/pooling_loops.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "engine/backends/cpu/loops/pooling_windows.h"

namespace ty::engine::loops {

namespace {

using namespace pooling;

TY_INLINE void storePlaces(const PlaceLanes& lanes, std::uint8_t* place)
{
    const auto bytes = __builtin_convertvector(lanes, ByteLanes);
    std::memcpy(place, &bytes, sizeof bytes);
}

TY_INLINE void storePlaces(const PlaceLanes& lanes, std::int32_t* place)
{
    std::memcpy(place, &lanes, sizeof lanes);
}

/// kLanes channels from `first` on.
template<typename T, typename Place>
TY_INLINE void maxPoolLanes(const PoolPlane& plane, std::int64_t first, const T* x, T* y, Place* place)
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
        storeLanes(best, y + number * inner + first);
        storePlaces(bestPlace, place + number * inner + first);
    });
}

/// One channel.
template<typename T, typename Place>
TY_INLINE void maxPoolLane(const PoolPlane& plane, std::int64_t channel, const T* x, T* y, Place* place)
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
        place[number * inner + channel] = static_cast<Place>(bestPlace);
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

/// kLanes channels in bfloat16, of windows that are apart.
TY_INLINE void maxPoolGradHalves(
    const PoolPlane& plane, std::int64_t first, const BFloat16* grad, const std::uint8_t* place, BFloat16* dx)
{
    const std::int64_t inner = plane.inner;
    overResults(plane, [&](const Window& window, std::int64_t number) {
        HalfLanes g;
        ByteLanes bytes;
        std::memcpy(&g, grad + number * inner + first, sizeof g);
        std::memcpy(&bytes, place + number * inner + first, sizeof bytes);
        const HalfLanes from = __builtin_convertvector(bytes, HalfLanes);
        overPixels(plane, window, [&](std::int64_t pixel, std::int32_t at) {
            const HalfLanes share = from == static_cast<std::uint16_t>(at) ? g : HalfLanes{};
            std::memcpy(dx + pixel * inner + first, &share, sizeof share);
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
        if constexpr (std::is_same_v<T, BFloat16> && !IsOverlapping) {
            maxPoolGradHalves(plane, c, grad, place, dx);
        } else {
            maxPoolGradLanes<kLanes, IsOverlapping>(plane, c, grad, place, dx);
        }
    }
    for (; c < plane.inner; ++c) {
        maxPoolGradLanes<1, IsOverlapping>(plane, c, grad, place, dx);
    }
}

template<typename T, typename Place>
TY_INLINE void maxPoolPlane(const PoolPlane& plane, const T* x, T* y, Place* place)
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

/// Of large windows: to walk through a window costs more than to go where its place says.
template<typename T>
TY_INLINE void maxPoolGradOf(const PoolPlane& plane, const T* grad, const std::int32_t* place, T* dx)
{
    const std::int64_t inner = plane.inner;
    std::fill(dx, dx + plane.height * plane.width * inner, T{});
    overResults(plane, [&](const Window& window, std::int64_t number) {
        for (std::int64_t c = 0; c < inner; ++c) {
            const std::int64_t at = place[number * inner + c];
            const std::int64_t row = window.top + at / plane.kernel[1];
            const std::int64_t column = window.left + at % plane.kernel[1];
            T& target = dx[(row * plane.width + column) * inner + c];
            target = fromFloat<T>(toFloat(target) + toFloat(grad[number * inner + c]));
        }
    });
}

} // namespace

TY_CLONES
void maxPool(const PoolPlane& plane, const float* x, float* y, std::uint8_t* place)
{
    maxPoolPlane(plane, x, y, place);
}

TY_CLONES
void maxPool(const PoolPlane& plane, const float* x, float* y, std::int32_t* place)
{
    maxPoolPlane(plane, x, y, place);
}

TY_CLONES
void maxPool(const PoolPlane& plane, const BFloat16* x, BFloat16* y, std::uint8_t* place)
{
    maxPoolPlane(plane, x, y, place);
}

TY_CLONES
void maxPool(const PoolPlane& plane, const BFloat16* x, BFloat16* y, std::int32_t* place)
{
    maxPoolPlane(plane, x, y, place);
}

TY_CLONES
void maxPoolGrad(const PoolPlane& plane, const float* grad, const std::uint8_t* place, float* dx)
{
    maxPoolGradOf(plane, grad, place, dx);
}

TY_CLONES
void maxPoolGrad(const PoolPlane& plane, const float* grad, const std::int32_t* place, float* dx)
{
    maxPoolGradOf(plane, grad, place, dx);
}

TY_CLONES
void maxPoolGrad(const PoolPlane& plane, const BFloat16* grad, const std::uint8_t* place, BFloat16* dx)
{
    maxPoolGradOf(plane, grad, place, dx);
}

TY_CLONES
void maxPoolGrad(const PoolPlane& plane, const BFloat16* grad, const std::int32_t* place, BFloat16* dx)
{
    maxPoolGradOf(plane, grad, place, dx);
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
