#include <algorithm>

#include "engine/backends/cpu/loops/pooling_windows.h"

namespace ty::engine::loops {

namespace {

using namespace pooling;

TY_INLINE void storeRounded(const FloatLanes& lanes, float* target)
{
    storeLanes(lanes, target);
}

TY_INLINE void storeRounded(const FloatLanes& lanes, BFloat16* target)
{
    for (int c = 0; c < kLanes; ++c) {
        target[c] = fromFloat<BFloat16>(lanes[c]);
    }
}

/// One over the pixels of the window that lie in the picture.
TY_INLINE float shareOf(const Window& window)
{
    return 1.0F / static_cast<float>((window.rowEnd - window.rowBegin) * (window.columnEnd - window.columnBegin));
}

/// kLanes channels from `first` on.
template<typename T>
TY_INLINE void averagePoolLanes(const PoolPlane& plane, std::int64_t first, const T* x, T* y)
{
    const std::int64_t inner = plane.inner;
    overResults(plane, [&](const Window& window, std::int64_t number) {
        FloatLanes total{};
        overPixels(plane, window, [&](std::int64_t pixel, std::int32_t) {
            FloatLanes source;
            loadLanes(x + pixel * inner + first, source);
            total += source;
        });
        total *= shareOf(window);
        storeRounded(total, y + number * inner + first);
    });
}

/// One channel.
template<typename T>
TY_INLINE void averagePoolLane(const PoolPlane& plane, std::int64_t channel, const T* x, T* y)
{
    const std::int64_t inner = plane.inner;
    overResults(plane, [&](const Window& window, std::int64_t number) {
        float total = 0;
        overPixels(plane, window, [&](std::int64_t pixel, std::int32_t) { total += toFloat(x[pixel * inner + channel]); });
        y[number * inner + channel] = fromFloat<T>(total * shareOf(window));
    });
}

template<typename T>
TY_INLINE void averagePoolPlane(const PoolPlane& plane, const T* x, T* y)
{
    std::int64_t c = 0;
    for (; c + kLanes <= plane.inner; c += kLanes) {
        averagePoolLanes(plane, c, x, y);
    }
    for (; c < plane.inner; ++c) {
        averagePoolLane(plane, c, x, y);
    }
}

template<typename T>
TY_INLINE void averagePoolGradRows(const PoolPlane& plane, const std::int64_t inner, const T* grad, T* dx)
{
    std::fill(dx, dx + plane.height * plane.width * inner, T{});
    overResults(plane, [&](const Window& window, std::int64_t number) {
        const T* source = grad + number * inner;
        const float factor = shareOf(window);
        overPixels(plane, window, [&](std::int64_t place, std::int32_t) {
            T* pixel = dx + place * inner;
#pragma omp simd
            for (std::int64_t c = 0; c < inner; ++c) {
                pixel[c] = fromFloat<T>(toFloat(pixel[c]) + factor * toFloat(source[c]));
            }
        });
    });
}

template<typename T>
TY_INLINE void averagePoolGradPlane(const PoolPlane& plane, const T* grad, T* dx)
{
    switch (plane.inner) {
    case 1: averagePoolGradRows(plane, 1, grad, dx); break;
    case kLanes: averagePoolGradRows(plane, kLanes, grad, dx); break;
    default: averagePoolGradRows(plane, plane.inner, grad, dx); break;
    }
}

} // namespace

TY_CLONES
void averagePool(const PoolPlane& plane, const float* x, float* y)
{
    averagePoolPlane(plane, x, y);
}

TY_CLONES
void averagePool(const PoolPlane& plane, const BFloat16* x, BFloat16* y)
{
    averagePoolPlane(plane, x, y);
}

TY_CLONES
void averagePoolGrad(const PoolPlane& plane, const float* grad, float* dx)
{
    averagePoolGradPlane(plane, grad, dx);
}

TY_CLONES
void averagePoolGrad(const PoolPlane& plane, const BFloat16* grad, BFloat16* dx)
{
    averagePoolGradPlane(plane, grad, dx);
}

} // namespace ty::engine::loops
