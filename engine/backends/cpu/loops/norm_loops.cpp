#include "engine/backends/cpu/loops/norm_loops.h"

#include <algorithm>
#include <limits>

#include "engine/backends/cpu/loops/channel_vector.h"

#ifdef TY_HAS_CLONES
#define TY_HAS_PAST_CACHES // only where scaleShift, too, is compiled for such processors, so that both round alike
#include <immintrin.h>
#endif

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

/// As many sums as additions in flight, so that none waits for the one before.
constexpr std::int64_t kSums = 4;

/// Sum over the rows of x - middle, or of its square, for 16 channels.
template<bool IsSquared, typename T>
TY_INLINE void sumRowsOf16(const ChannelGroup& group, const T* x, const Vec& middle, Vec& total)
{
    Vec sums[kSums] = {};
    for (std::int64_t image = 0; image < group.images; ++image) {
        const T* row = x + image * group.imageStride;
        std::int64_t r = 0;
        for (; r + kSums <= group.rows; r += kSums, row += kSums * kLanes) {
            TY_UNROLL
            for (std::int64_t k = 0; k < kSums; ++k) {
                Vec value;
                load(row + k * kLanes, value);
                value -= middle;
                sums[k] += IsSquared ? value * value : value;
            }
        }
        for (; r < group.rows; ++r, row += kLanes) {
            Vec value;
            load(row, value);
            value -= middle;
            sums[0] += IsSquared ? value * value : value;
        }
    }
    total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

template<typename T>
TY_INLINE void momentsOf16(const ChannelGroup& group, const T* x, float* mean, float* squares)
{
    const Vec zero{};
    Vec middle;
    sumRowsOf16<false>(group, x, zero, middle);
    middle *= 1.0F / static_cast<float>(group.images * group.rows);
    Vec total;
    sumRowsOf16<true>(group, x, middle, total);
    at(mean) = middle;
    at(squares) = total;
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

template<typename T>
TY_INLINE float shifted(const T* x, float factor, float offset, const T* addend, bool hasAddend, bool isRelu, std::int64_t i)
{
    const float v = toFloat(x[i]) * factor + offset + (hasAddend ? toFloat(addend[i]) : 0.0F);
    return isRelu && v < 0.0F ? 0.0F : v;
}

template<bool IsRelu, bool HasAddend, typename T>
TY_INLINE void scaleShiftRows(
    const ChannelGroup& group,
    const std::int64_t width,
    const T* x,
    const float* factor,
    const float* offset,
    const T* addend,
    T* y)
{
    for (std::int64_t image = 0; image < group.images; ++image) {
        std::int64_t at = image * group.imageStride;
        if (width == 1) {
            const float f = factor[0];
            const float o = offset[0];
#pragma omp simd
            for (std::int64_t r = 0; r < group.rows; ++r) {
                y[at + r] = fromFloat<T>(shifted(x, f, o, addend, HasAddend, IsRelu, at + r));
            }
            continue;
        }
        for (std::int64_t r = 0; r < group.rows; ++r, at += width) {
#pragma omp simd
            for (std::int64_t c = 0; c < width; ++c) {
                y[at + c] = fromFloat<T>(shifted(x, factor[c], offset[c], addend, HasAddend, IsRelu, at + c));
            }
        }
    }
}

/// scaleShiftRows of 16 channels in bfloat16, which the compiler takes apart.
template<bool IsRelu, bool HasAddend>
TY_INLINE void scaleShiftHalves(
    const ChannelGroup& group,
    const BFloat16* x,
    const float* factor,
    const float* offset,
    const BFloat16* addend,
    BFloat16* y)
{
    const Vec zero{};
    const Vec f = at(factor);
    const Vec o = at(offset);
    for (std::int64_t image = 0; image < group.images; ++image) {
        std::int64_t place = image * group.imageStride;
        for (std::int64_t r = 0; r < group.rows; ++r, place += kLanes) {
            Vec value;
            load(x + place, value);
            value = value * f + o;
            if constexpr (HasAddend) {
                Vec other;
                load(addend + place, other);
                value += other;
            }
            if constexpr (IsRelu) {
                value = value < zero ? zero : value;
            }
            store(value, y + place);
        }
    }
}

template<typename T>
TY_INLINE void momentsOfAny(const ChannelGroup& group, const T* x, float* mean, float* squares)
{
    switch (group.width) {
    case 1: momentsNarrow(group, x, mean, squares); break;
    case kLanes: momentsOf16(group, x, mean, squares); break;
    default: momentsWide(group, group.width, x, mean, squares); break;
    }
}

template<typename T>
TY_INLINE void scaleShiftWide(
    const ChannelGroup& group,
    const std::int64_t width,
    const T* x,
    const float* factor,
    const float* offset,
    const T* addend,
    bool isRelu,
    T* y)
{
    if (addend != nullptr) {
        isRelu ? scaleShiftRows<true, true>(group, width, x, factor, offset, addend, y)
               : scaleShiftRows<false, true>(group, width, x, factor, offset, addend, y);
    } else {
        isRelu ? scaleShiftRows<true, false>(group, width, x, factor, offset, addend, y)
               : scaleShiftRows<false, false>(group, width, x, factor, offset, addend, y);
    }
}

template<typename T>
TY_INLINE void scaleShiftAny(
    const ChannelGroup& group,
    const T* x,
    const float* factor,
    const float* offset,
    const T* addend,
    bool isRelu,
    T* y)
{
    if (group.width == kLanes) {
        if constexpr (!std::is_same_v<T, BFloat16>) {
            scaleShiftWide(group, kLanes, x, factor, offset, addend, isRelu, y);
        } else if (addend != nullptr) {
            isRelu ? scaleShiftHalves<true, true>(group, x, factor, offset, addend, y)
                   : scaleShiftHalves<false, true>(group, x, factor, offset, addend, y);
        } else {
            isRelu ? scaleShiftHalves<true, false>(group, x, factor, offset, addend, y)
                   : scaleShiftHalves<false, false>(group, x, factor, offset, addend, y);
        }
    } else {
        scaleShiftWide(group, group.width, x, factor, offset, addend, isRelu, y);
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
    const ChannelGroup& group,
    const float* x,
    const float* factor,
    const float* offset,
    const float* addend,
    bool isRelu,
    float* y)
{
    scaleShiftAny(group, x, factor, offset, addend, isRelu, y);
}

#ifdef TY_HAS_PAST_CACHES
__attribute__((target("avx512f"))) // its instruction, and x factor + offset rounded once as in scaleShift
#endif
void scaleShiftPastCaches(
    const ChannelGroup& group,
    const float* x,
    const float* factor,
    const float* offset,
    const float* addend,
    bool isRelu,
    float* y)
{
    const Vec f = at(factor);
    const Vec o = at(offset);
    const Vec lowest = isRelu ? Vec{} : Vec{} - std::numeric_limits<float>::infinity();
    for (std::int64_t image = 0; image < group.images; ++image) {
        std::int64_t place = image * group.imageStride;
        for (std::int64_t r = 0; r < group.rows; ++r, place += kLanes) {
            Vec value = at(x + place) * f + o;
            if (addend != nullptr) {
                value += at(addend + place);
            }
            value = value < lowest ? lowest : value;
#ifdef TY_HAS_PAST_CACHES
            _mm512_stream_ps(y + place, reinterpret_cast<__m512>(value));
#else
            at(y + place) = value;
#endif
        }
    }
#ifdef TY_HAS_PAST_CACHES
    _mm_sfence(); // other threads read them after a barrier, which such stores do not heed
#endif
}

bool areStoresPastCachesFaster()
{
#ifdef TY_HAS_PAST_CACHES
    // AMD's processors gained in the norms what the nodes behind them lost.
    return __builtin_cpu_is("intel") && __builtin_cpu_supports("avx512f");
#else
    return false;
#endif
}

TY_CLONES
void momentsOf(const ChannelGroup& group, const BFloat16* x, float* mean, float* squares)
{
    momentsOfAny(group, x, mean, squares);
}

TY_CLONES
void scaleShift(
    const ChannelGroup& group,
    const BFloat16* x,
    const float* factor,
    const float* offset,
    const BFloat16* addend,
    bool isRelu,
    BFloat16* y)
{
    scaleShiftAny(group, x, factor, offset, addend, isRelu, y);
}

} // namespace ty::engine::loops
