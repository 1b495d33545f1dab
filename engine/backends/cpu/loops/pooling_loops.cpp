#include "engine/backends/cpu/loops/pooling_loops.h"

#include <algorithm>
#include <limits>

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

namespace {

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

TY_INLINE void maxPoolRows(
    const PoolPlane& plane, const std::int64_t inner, const float* x, float* y, std::uint8_t* place)
{
    for (std::int64_t row = 0; row < plane.resultHeight; ++row) {
        for (std::int64_t column = 0; column < plane.resultWidth; ++column) {
            const Window window = windowAt(plane, row, column);
            const std::int64_t at = (row * plane.resultWidth + column) * inner;
            float* best = y + at;
            std::uint8_t* bestPlace = place + at;
            bool isFirst = true;
            for (std::int64_t h = window.rowBegin; h < window.rowEnd; ++h) {
                for (std::int64_t w = window.columnBegin; w < window.columnEnd; ++w) {
                    const float* pixel = x + (h * plane.width + w) * inner;
                    const auto number =
                        static_cast<std::uint8_t>((h - window.top) * plane.kernel[1] + (w - window.left));
                    if (isFirst) {
                        isFirst = false;
#pragma omp simd
                        for (std::int64_t c = 0; c < inner; ++c) {
                            best[c] = pixel[c];
                            bestPlace[c] = number;
                        }
                        continue;
                    }
#pragma omp simd
                    for (std::int64_t c = 0; c < inner; ++c) {
                        const bool isBetter = pixel[c] > best[c];
                        best[c] = isBetter ? pixel[c] : best[c];
                        bestPlace[c] = isBetter ? number : bestPlace[c];
                    }
                }
            }
        }
    }
}

TY_INLINE void maxPoolGradRows(
    const PoolPlane& plane, const std::int64_t inner, const float* grad, const std::uint8_t* place, float* dx)
{
    std::fill(dx, dx + plane.height * plane.width * inner, 0.0F);
    for (std::int64_t row = 0; row < plane.resultHeight; ++row) {
        for (std::int64_t column = 0; column < plane.resultWidth; ++column) {
            const Window window = windowAt(plane, row, column);
            const std::int64_t at = (row * plane.resultWidth + column) * inner;
            for (std::int64_t h = window.rowBegin; h < window.rowEnd; ++h) {
                for (std::int64_t w = window.columnBegin; w < window.columnEnd; ++w) {
                    float* pixel = dx + (h * plane.width + w) * inner;
                    const auto number =
                        static_cast<std::uint8_t>((h - window.top) * plane.kernel[1] + (w - window.left));
#pragma omp simd
                    for (std::int64_t c = 0; c < inner; ++c) {
                        pixel[c] += place[at + c] == number ? grad[at + c] : 0.0F;
                    }
                }
            }
        }
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

// The usual block lengths are constants inside their branches, so that the inner loops become single instructions.

TY_CLONES
void maxPool(const PoolPlane& plane, const float* x, float* y, std::uint8_t* place)
{
    switch (plane.inner) {
    case 1: maxPoolRows(plane, 1, x, y, place); break;
    case 16: maxPoolRows(plane, 16, x, y, place); break;
    default: maxPoolRows(plane, plane.inner, x, y, place); break;
    }
}

TY_CLONES
void maxPoolGrad(const PoolPlane& plane, const float* grad, const std::uint8_t* place, float* dx)
{
    switch (plane.inner) {
    case 1: maxPoolGradRows(plane, 1, grad, place, dx); break;
    case 16: maxPoolGradRows(plane, 16, grad, place, dx); break;
    default: maxPoolGradRows(plane, plane.inner, grad, place, dx); break;
    }
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

} // namespace ty::engine::loops
