#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/backends/cpu/loops/bfloat16.h"

// Pooling of one plane: pixels of `inner` channels that lie beside each other (1 in plain layout).
namespace ty::engine::loops {

struct PoolPlane {
    std::int64_t height = 0; ///< of the larger picture
    std::int64_t width = 0;
    std::int64_t resultHeight = 0;
    std::int64_t resultWidth = 0;
    std::int64_t inner = 1;
    std::array<std::int64_t, 2> kernel{};
    std::array<std::int64_t, 2> stride{};
    std::array<std::int64_t, 2> offset{}; ///< padding at the top and the left
};

/// place: number of the maximum inside its window, counted in rows of the window; the first of equal ones. In a byte
/// for windows of at most 256 samples, else in 32 bits.
void maxPool(const PoolPlane& plane, const float* x, float* y, std::uint8_t* place);
void maxPool(const PoolPlane& plane, const float* x, float* y, std::int32_t* place);
void maxPool(const PoolPlane& plane, const BFloat16* x, BFloat16* y, std::uint8_t* place);
void maxPool(const PoolPlane& plane, const BFloat16* x, BFloat16* y, std::int32_t* place);
void maxPoolGrad(const PoolPlane& plane, const float* grad, const std::uint8_t* place, float* dx);
void maxPoolGrad(const PoolPlane& plane, const float* grad, const std::int32_t* place, float* dx);
/// Of windows that do not overlap.
void maxPoolGrad(const PoolPlane& plane, const BFloat16* grad, const std::uint8_t* place, BFloat16* dx);
void maxPoolGrad(const PoolPlane& plane, const BFloat16* grad, const std::int32_t* place, BFloat16* dx);
void averagePool(const PoolPlane& plane, const float* x, float* y);
void averagePool(const PoolPlane& plane, const BFloat16* x, BFloat16* y);
void averagePoolGrad(const PoolPlane& plane, const float* grad, float* dx);
/// Of windows that do not overlap: shares that meet would be rounded as often.
void averagePoolGrad(const PoolPlane& plane, const BFloat16* grad, BFloat16* dx);
/// Each pixel of the smaller picture kernel[0] x kernel[1] times; the stride is the kernel, the offset 0.
void upsample(const PoolPlane& plane, const float* x, float* y);
void upsampleGrad(const PoolPlane& plane, const float* grad, float* dx);

} // namespace ty::engine::loops
