#include "engine/backends/cpu/loops/norm_loops.h"

#include <algorithm>
#include <cmath>

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

namespace {

template<typename T>
TY_INLINE void momentsWide(
    const ChannelGroup& group, const std::int64_t width, const T* x, float* mean, float* squares)
{
    std::fill(mean, mean + width, 0.0F);
    std::fill(squares, squares + width, 0.0F);
    for (std::int64_t image = 0; image < group.images; ++image) {
        const T* row = x + image * group.imageStride;
        for (std::int64_t r = 0; r < group.rows; ++r, row += width) {
#pragma omp simd
            for (std::int64_t c = 0; c < width; ++c) {
                mean[c] += toFloat(row[c]);
            }
        }
    }
    const float factor = 1.0F / static_cast<float>(group.images * group.rows);
#pragma omp simd
    for (std::int64_t c = 0; c < width; ++c) {
        mean[c] *= factor;
    }
    for (std::int64_t image = 0; image < group.images; ++image) {
        const T* row = x + image * group.imageStride;
        for (std::int64_t r = 0; r < group.rows; ++r, row += width) {
#pragma omp simd
            for (std::int64_t c = 0; c < width; ++c) {
                const float d = toFloat(row[c]) - mean[c];
                squares[c] += d * d;
            }
        }
    }
}

template<typename T>
TY_INLINE void momentsNarrow(const ChannelGroup& group, const T* x, float* mean, float* squares)
{
    float total = 0;
    for (std::int64_t image = 0; image < group.images; ++image) {
        const T* row = x + image * group.imageStride;
#pragma omp simd reduction(+ : total)
        for (std::int64_t r = 0; r < group.rows; ++r) {
            total += toFloat(row[r]);
        }
    }
    const float m = total / static_cast<float>(group.images * group.rows);
    float square = 0;
    for (std::int64_t image = 0; image < group.images; ++image) {
        const T* row = x + image * group.imageStride;
#pragma omp simd reduction(+ : square)
        for (std::int64_t r = 0; r < group.rows; ++r) {
            const float d = toFloat(row[r]) - m;
            square += d * d;
        }
    }
    *mean = m;
    *squares = square;
}

template<bool IsRelu, typename T>
TY_INLINE void scaleShiftRows(
    const ChannelGroup& group,
    const std::int64_t width,
    const T* x,
    const float* factor,
    const float* offset,
    T* y)
{
    for (std::int64_t image = 0; image < group.images; ++image) {
        const T* source = x + image * group.imageStride;
        T* target = y + image * group.imageStride;
        if (width == 1) {
            const float f = factor[0];
            const float o = offset[0];
#pragma omp simd
            for (std::int64_t r = 0; r < group.rows; ++r) {
                const float v = toFloat(source[r]) * f + o;
                target[r] = fromFloat<T>(IsRelu && v < 0.0F ? 0.0F : v);
            }
            continue;
        }
        for (std::int64_t r = 0; r < group.rows; ++r, source += width, target += width) {
#pragma omp simd
            for (std::int64_t c = 0; c < width; ++c) {
                const float v = toFloat(source[c]) * factor[c] + offset[c];
                target[c] = fromFloat<T>(IsRelu && v < 0.0F ? 0.0F : v);
            }
        }
    }
}

template<bool IsMasked, typename T>
TY_INLINE float masked(const T* grad, const T* result, std::int64_t i)
{
    if constexpr (IsMasked) {
        return toFloat(result[i]) > 0.0F ? toFloat(grad[i]) : 0.0F;
    }
    return toFloat(grad[i]);
}

template<bool IsMasked, typename T>
TY_INLINE void gradSumsRows(
    const ChannelGroup& group,
    const std::int64_t width,
    const T* grad,
    const T* result,
    const T* x,
    const float* mean,
    float* sums,
    float* products)
{
    std::fill(sums, sums + width, 0.0F);
    std::fill(products, products + width, 0.0F);
    for (std::int64_t image = 0; image < group.images; ++image) {
        std::int64_t at = image * group.imageStride;
        if (width == 1) {
            const float m = mean[0];
            float sum = 0;
            float product = 0;
#pragma omp simd reduction(+ : sum, product)
            for (std::int64_t r = 0; r < group.rows; ++r) {
                const float g = masked<IsMasked>(grad, result, at + r);
                sum += g;
                product += g * (toFloat(x[at + r]) - m);
            }
            sums[0] += sum;
            products[0] += product;
            continue;
        }
        for (std::int64_t r = 0; r < group.rows; ++r, at += width) {
#pragma omp simd
            for (std::int64_t c = 0; c < width; ++c) {
                const float g = masked<IsMasked>(grad, result, at + c);
                sums[c] += g;
                products[c] += g * (toFloat(x[at + c]) - mean[c]);
            }
        }
    }
}

template<bool IsMasked, typename T>
TY_INLINE void gradApplyRows(
    const ChannelGroup& group,
    const std::int64_t width,
    const T* grad,
    const T* result,
    const T* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    T* dx)
{
    for (std::int64_t image = 0; image < group.images; ++image) {
        std::int64_t at = image * group.imageStride;
        if (width == 1) {
            const float ka = a[0];
            const float kb = b[0];
            const float kc = c[0] - b[0] * mean[0];
#pragma omp simd
            for (std::int64_t r = 0; r < group.rows; ++r) {
                dx[at + r] = fromFloat<T>(ka * masked<IsMasked>(grad, result, at + r) + kb * toFloat(x[at + r]) + kc);
            }
            continue;
        }
        for (std::int64_t r = 0; r < group.rows; ++r, at += width) {
#pragma omp simd
            for (std::int64_t k = 0; k < width; ++k) {
                dx[at + k] = fromFloat<T>(
                    a[k] * masked<IsMasked>(grad, result, at + k) + b[k] * (toFloat(x[at + k]) - mean[k]) + c[k]);
            }
        }
    }
}

template<typename T>
TY_INLINE void momentsOfAny(const ChannelGroup& group, const T* x, float* mean, float* squares)
{
    switch (group.width) {
    case 1: momentsNarrow(group, x, mean, squares); break;
    case 16: momentsWide(group, 16, x, mean, squares); break;
    default: momentsWide(group, group.width, x, mean, squares); break;
    }
}

template<typename T>
TY_INLINE void scaleShiftAny(
    const ChannelGroup& group, const T* x, const float* factor, const float* offset, bool isRelu, T* y)
{
    if (group.width == 16) {
        isRelu ? scaleShiftRows<true>(group, 16, x, factor, offset, y)
               : scaleShiftRows<false>(group, 16, x, factor, offset, y);
    } else {
        isRelu ? scaleShiftRows<true>(group, group.width, x, factor, offset, y)
               : scaleShiftRows<false>(group, group.width, x, factor, offset, y);
    }
}

template<typename T>
TY_INLINE void gradSumsAny(
    const ChannelGroup& group,
    const T* grad,
    const T* result,
    const T* x,
    const float* mean,
    float* sums,
    float* products)
{
    if (group.width == 16) {
        result != nullptr ? gradSumsRows<true>(group, 16, grad, result, x, mean, sums, products)
                          : gradSumsRows<false>(group, 16, grad, result, x, mean, sums, products);
    } else {
        result != nullptr ? gradSumsRows<true>(group, group.width, grad, result, x, mean, sums, products)
                          : gradSumsRows<false>(group, group.width, grad, result, x, mean, sums, products);
    }
}

template<typename T>
TY_INLINE void gradApplyAny(
    const ChannelGroup& group,
    const T* grad,
    const T* result,
    const T* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    T* dx)
{
    if (group.width == 16) {
        result != nullptr ? gradApplyRows<true>(group, 16, grad, result, x, mean, a, b, c, dx)
                          : gradApplyRows<false>(group, 16, grad, result, x, mean, a, b, c, dx);
    } else {
        result != nullptr ? gradApplyRows<true>(group, group.width, grad, result, x, mean, a, b, c, dx)
                          : gradApplyRows<false>(group, group.width, grad, result, x, mean, a, b, c, dx);
    }
}

} // namespace

TY_CLONES
void momentsOf(const ChannelGroup& group, const float* x, float* mean, float* squares)
{
    momentsOfAny(group, x, mean, squares);
}

TY_CLONES
void scaleShift(
    const ChannelGroup& group, const float* x, const float* factor, const float* offset, bool isRelu, float* y)
{
    scaleShiftAny(group, x, factor, offset, isRelu, y);
}

TY_CLONES
void gradSums(
    const ChannelGroup& group,
    const float* grad,
    const float* result,
    const float* x,
    const float* mean,
    float* sums,
    float* products)
{
    gradSumsAny(group, grad, result, x, mean, sums, products);
}

TY_CLONES
void gradApply(
    const ChannelGroup& group,
    const float* grad,
    const float* result,
    const float* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    float* dx)
{
    gradApplyAny(group, grad, result, x, mean, a, b, c, dx);
}

TY_CLONES
void momentsOf(const ChannelGroup& group, const BFloat16* x, float* mean, float* squares)
{
    momentsOfAny(group, x, mean, squares);
}

TY_CLONES
void scaleShift(
    const ChannelGroup& group, const BFloat16* x, const float* factor, const float* offset, bool isRelu, BFloat16* y)
{
    scaleShiftAny(group, x, factor, offset, isRelu, y);
}

TY_CLONES
void gradSums(
    const ChannelGroup& group,
    const BFloat16* grad,
    const BFloat16* result,
    const BFloat16* x,
    const float* mean,
    float* sums,
    float* products)
{
    gradSumsAny(group, grad, result, x, mean, sums, products);
}

TY_CLONES
void gradApply(
    const ChannelGroup& group,
    const BFloat16* grad,
    const BFloat16* result,
    const BFloat16* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    BFloat16* dx)
{
    gradApplyAny(group, grad, result, x, mean, a, b, c, dx);
}

TY_CLONES
void rowMoments(const float* x, std::size_t count, float epsilon, float* mean, float* inverseDeviation)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < count; ++i) {
        total += x[i];
    }
    const float m = total / static_cast<float>(count);
    float square = 0;
#pragma omp simd reduction(+ : square)
    for (std::size_t i = 0; i < count; ++i) {
        square += (x[i] - m) * (x[i] - m);
    }
    *mean = m;
    *inverseDeviation = 1.0F / std::sqrt(square / static_cast<float>(count) + epsilon);
}

TY_CLONES
void scaleAround(const float* x, float mean, float factor, float shift, std::size_t count, float* y)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        y[i] = (x[i] - mean) * factor + shift;
    }
}

TY_CLONES
void rowGradSums(
    const float* grad,
    const float* x,
    float mean,
    float inverseDeviation,
    std::size_t count,
    float* sum,
    float* product)
{
    float total = 0;
    float weighted = 0;
#pragma omp simd reduction(+ : total, weighted)
    for (std::size_t i = 0; i < count; ++i) {
        total += grad[i];
        weighted += grad[i] * ((x[i] - mean) * inverseDeviation);
    }
    *sum = total;
    *product = weighted;
}

TY_CLONES
void rowGradApply(
    const float* grad,
    const float* x,
    float mean,
    float inverseDeviation,
    float scale,
    float sum,
    float product,
    std::size_t count,
    float* dx)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float normal = (x[i] - mean) * inverseDeviation;
        dx[i] = inverseDeviation * (grad[i] * scale - sum - normal * product);
    }
}

TY_CLONES
void layerNormRow(
    const float* x,
    const float* scale,
    const float* shift,
    float epsilon,
    std::size_t count,
    float* y,
    float* mean,
    float* inverseDeviation)
{
    rowMoments(x, count, epsilon, mean, inverseDeviation);
    const float m = *mean;
    const float inverse = *inverseDeviation;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        y[i] = (x[i] - m) * inverse * scale[i] + shift[i];
    }
}

TY_CLONES
void layerNormGradRow(
    const float* grad,
    const float* x,
    const float* scale,
    float mean,
    float inverseDeviation,
    std::size_t count,
    float* dx,
    float* dscale,
    float* dshift)
{
    float sum = 0;
    float product = 0;
#pragma omp simd reduction(+ : sum, product)
    for (std::size_t i = 0; i < count; ++i) {
        const float normal = (x[i] - mean) * inverseDeviation;
        sum += grad[i] * scale[i];
        product += grad[i] * scale[i] * normal;
    }
    sum /= static_cast<float>(count);
    product /= static_cast<float>(count);
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float normal = (x[i] - mean) * inverseDeviation;
        dscale[i] += grad[i] * normal;
        dshift[i] += grad[i];
        dx[i] = inverseDeviation * (grad[i] * scale[i] - sum - normal * product);
    }
}

} // namespace ty::engine::loops
