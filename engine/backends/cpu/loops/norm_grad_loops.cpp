#include "engine/backends/cpu/loops/norm_loops.h"

#include <algorithm>

#include "engine/backends/cpu/loops/channel_vector.h"

namespace ty::engine::loops {

namespace {

enum class MaskKind { None, Result, Line };

template<typename T>
TY_INLINE MaskKind kindOf(const ReluMask<T>& mask)
{
    return mask.result != nullptr ? MaskKind::Result : mask.factor != nullptr ? MaskKind::Line : MaskKind::None;
}

/// The gradient of channel c at i, where the relu let it through.
template<MaskKind kind, typename T>
TY_INLINE float masked(const T* grad, const ReluMask<T>& mask, const T* x, std::int64_t i, std::int64_t c)
{
    const float g = toFloat(grad[i]);
    if constexpr (kind == MaskKind::Result) {
        return toFloat(mask.result[i]) > 0.0F ? g : 0.0F;
    } else if constexpr (kind == MaskKind::Line) {
        return toFloat(x[i]) * mask.factor[c] + mask.offset[c] > 0.0F ? g : 0.0F;
    } else {
        return g;
    }
}

/// Sums of 16 channels, in registers; as many as additions in flight, so that none waits for the one before.
template<MaskKind kind, typename T>
struct GradSumsOf16 {
    static constexpr std::int64_t kSums = 2;
    const T* grad;
    const T* result;
    const T* x;
    Vec middle;
    Vec factor{};
    Vec offset{};
    Vec sums[kSums] = {};
    Vec products[kSums] = {};

    TY_INLINE void add(std::int64_t place, std::int64_t k)
    {
        const Vec zero{};
        Vec g;
        Vec value;
        load(grad + place, g);
        load(x + place, value);
        if constexpr (kind == MaskKind::Result) {
            Vec y;
            load(result + place, y);
            g = y > zero ? g : zero;
        } else if constexpr (kind == MaskKind::Line) {
            g = value * factor + offset > zero ? g : zero;
        }
        sums[k] += g;
        products[k] += g * (value - middle);
    }
};

template<MaskKind kind, typename T>
TY_INLINE void gradSumsRowsOf16(
    const ChannelGroup& group,
    const T* grad,
    const ReluMask<T>& mask,
    const T* x,
    const float* mean,
    float* sums,
    float* products)
{
    using Sums = GradSumsOf16<kind, T>;
    Sums total{grad, mask.result, x, at(mean)};
    if constexpr (kind == MaskKind::Line) {
        total.factor = at(mask.factor);
        total.offset = at(mask.offset);
    }
    for (std::int64_t image = 0; image < group.images; ++image) {
        std::int64_t place = image * group.imageStride;
        std::int64_t r = 0;
        for (; r + Sums::kSums <= group.rows; r += Sums::kSums, place += Sums::kSums * kLanes) {
            TY_UNROLL
            for (std::int64_t k = 0; k < Sums::kSums; ++k) {
                total.add(place + k * kLanes, k);
            }
        }
        for (; r < group.rows; ++r, place += kLanes) {
            total.add(place, 0);
        }
    }
    at(sums) = total.sums[0] + total.sums[1];
    at(products) = total.products[0] + total.products[1];
}

template<MaskKind kind, typename T>
TY_INLINE void gradSumsRows(
    const ChannelGroup& group,
    const std::int64_t width,
    const T* grad,
    const ReluMask<T> mask,
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
                const float g = masked<kind>(grad, mask, x, at + r, 0);
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
                const float g = masked<kind>(grad, mask, x, at + c, c);
                sums[c] += g;
                products[c] += g * (toFloat(x[at + c]) - mean[c]);
            }
        }
    }
}

template<MaskKind kind, typename T>
TY_INLINE void gradApplyRows(
    const ChannelGroup& group,
    const std::int64_t width,
    const T* grad,
    const ReluMask<T> mask,
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
                dx[at + r] = fromFloat<T>(ka * masked<kind>(grad, mask, x, at + r, 0) + kb * toFloat(x[at + r]) + kc);
            }
            continue;
        }
        for (std::int64_t r = 0; r < group.rows; ++r, at += width) {
#pragma omp simd
            for (std::int64_t k = 0; k < width; ++k) {
                dx[at + k] = fromFloat<T>(
                    a[k] * masked<kind>(grad, mask, x, at + k, k) + b[k] * (toFloat(x[at + k]) - mean[k]) + c[k]);
            }
        }
    }
}

/// gradApplyRows of 16 channels in bfloat16, which the compiler takes apart.
template<MaskKind kind>
TY_INLINE void gradApplyHalves(
    const ChannelGroup& group,
    const BFloat16* grad,
    const ReluMask<BFloat16>& mask,
    const BFloat16* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    BFloat16* dx)
{
    const Vec zero{};
    const Vec middle = at(mean);
    const Vec ofGrad = at(a);
    const Vec ofValue = at(b);
    const Vec constant = at(c);
    for (std::int64_t image = 0; image < group.images; ++image) {
        std::int64_t place = image * group.imageStride;
        for (std::int64_t r = 0; r < group.rows; ++r, place += kLanes) {
            Vec g;
            Vec value;
            load(grad + place, g);
            load(x + place, value);
            if constexpr (kind == MaskKind::Result) {
                Vec y;
                load(mask.result + place, y);
                g = y > zero ? g : zero;
            } else if constexpr (kind == MaskKind::Line) {
                g = value * at(mask.factor) + at(mask.offset) > zero ? g : zero;
            }
            value = ofGrad * g + ofValue * (value - middle) + constant;
            store(value, dx + place);
        }
    }
}

template<MaskKind kind, typename T>
TY_INLINE void gradSumsMasked(
    const ChannelGroup& group,
    const T* grad,
    const ReluMask<T>& mask,
    const T* x,
    const float* mean,
    float* sums,
    float* products)
{
    if (group.width == kLanes) {
        gradSumsRowsOf16<kind>(group, grad, mask, x, mean, sums, products);
    } else {
        gradSumsRows<kind>(group, group.width, grad, mask, x, mean, sums, products);
    }
}

template<typename T>
TY_INLINE void gradSumsAny(
    const ChannelGroup& group,
    const T* grad,
    const ReluMask<T>& mask,
    const T* x,
    const float* mean,
    float* sums,
    float* products)
{
    switch (kindOf(mask)) {
    case MaskKind::None: gradSumsMasked<MaskKind::None>(group, grad, mask, x, mean, sums, products); break;
    case MaskKind::Result: gradSumsMasked<MaskKind::Result>(group, grad, mask, x, mean, sums, products); break;
    case MaskKind::Line: gradSumsMasked<MaskKind::Line>(group, grad, mask, x, mean, sums, products); break;
    }
}

template<MaskKind kind, typename T>
TY_INLINE void gradApplyMasked(
    const ChannelGroup& group,
    const T* grad,
    const ReluMask<T>& mask,
    const T* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    T* dx)
{
    if (group.width == kLanes) {
        if constexpr (std::is_same_v<T, BFloat16>) {
            gradApplyHalves<kind>(group, grad, mask, x, mean, a, b, c, dx);
        } else {
            gradApplyRows<kind>(group, kLanes, grad, mask, x, mean, a, b, c, dx);
        }
    } else {
        gradApplyRows<kind>(group, group.width, grad, mask, x, mean, a, b, c, dx);
    }
}

template<typename T>
TY_INLINE void gradApplyAny(
    const ChannelGroup& group,
    const T* grad,
    const ReluMask<T>& mask,
    const T* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    T* dx)
{
    switch (kindOf(mask)) {
    case MaskKind::None: gradApplyMasked<MaskKind::None>(group, grad, mask, x, mean, a, b, c, dx); break;
    case MaskKind::Result: gradApplyMasked<MaskKind::Result>(group, grad, mask, x, mean, a, b, c, dx); break;
    case MaskKind::Line: gradApplyMasked<MaskKind::Line>(group, grad, mask, x, mean, a, b, c, dx); break;
    }
}

} // namespace

TY_CLONES
void gradSums(
    const ChannelGroup& group,
    const float* grad,
    const ReluMask<float>& mask,
    const float* x,
    const float* mean,
    float* sums,
    float* products)
{
    gradSumsAny(group, grad, mask, x, mean, sums, products);
}

TY_CLONES
void gradApply(
    const ChannelGroup& group,
    const float* grad,
    const ReluMask<float>& mask,
    const float* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    float* dx)
{
    gradApplyAny(group, grad, mask, x, mean, a, b, c, dx);
}

TY_CLONES
void gradSums(
    const ChannelGroup& group,
    const BFloat16* grad,
    const ReluMask<BFloat16>& mask,
    const BFloat16* x,
    const float* mean,
    float* sums,
    float* products)
{
    gradSumsAny(group, grad, mask, x, mean, sums, products);
}

TY_CLONES
void gradApply(
    const ChannelGroup& group,
    const BFloat16* grad,
    const ReluMask<BFloat16>& mask,
    const BFloat16* x,
    const float* mean,
    const float* a,
    const float* b,
    const float* c,
    BFloat16* dx)
{
    gradApplyAny(group, grad, mask, x, mean, a, b, c, dx);
}

} // namespace ty::engine::loops
