#include "engine/backends/cpu/loops/loss_loops.h"

#include <cmath>

#include "engine/backends/cpu/loops/vector_math.h"

namespace ty::engine::loops {

namespace {

TY_INLINE float maximumOf(const float* x, std::size_t count)
{
    float best = x[0];
#pragma omp simd reduction(max : best)
    for (std::size_t i = 0; i < count; ++i) {
        best = x[i] > best ? x[i] : best;
    }
    return best;
}

template<typename T>
TY_INLINE void softmaxGradOf(const T* grad, const T* y, T* dx, std::size_t classes)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < classes; ++i) {
        total += toFloat(grad[i]) * toFloat(y[i]);
    }
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = fromFloat<T>(toFloat(y[i]) * (toFloat(grad[i]) - total));
    }
}

} // namespace

TY_CLONES
void softmaxRow(const float* x, float* y, std::size_t classes)
{
    const float best = maximumOf(x, classes);
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < classes; ++i) {
        y[i] = fastExp(x[i] - best);
        total += y[i];
    }
    const float factor = 1.0F / total;
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        y[i] *= factor;
    }
}

TY_CLONES
void softmaxGradRow(const float* grad, const float* y, float* dx, std::size_t classes)
{
    softmaxGradOf(grad, y, dx, classes);
}

TY_CLONES
void softmaxGradRow(const BFloat16* grad, const BFloat16* y, BFloat16* dx, std::size_t classes)
{
    softmaxGradOf(grad, y, dx, classes);
}

TY_CLONES
double crossEntropyRow(const float* logits, std::size_t label, double smoothing, std::size_t classes)
{
    const float best = maximumOf(logits, classes);
    float total = 0;
    float sum = 0;
#pragma omp simd reduction(+ : total, sum)
    for (std::size_t i = 0; i < classes; ++i) {
        total += fastExp(logits[i] - best);
        sum += logits[i] - best;
    }
    const double logTotal = std::log(static_cast<double>(total));
    const double atLabel = logTotal - static_cast<double>(logits[label] - best);
    const double everywhere = logTotal - static_cast<double>(sum) / static_cast<double>(classes);
    return (1.0 - smoothing) * atLabel + smoothing * everywhere;
}

TY_CLONES
void crossEntropyGradRow(
    const float* logits, std::size_t label, double smoothing, float factor, float* dx, std::size_t classes)
{
    const float best = maximumOf(logits, classes);
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = fastExp(logits[i] - best);
        total += dx[i];
    }
    const float scale = factor / total;
    const float everywhere = factor * static_cast<float>(smoothing / static_cast<double>(classes));
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = dx[i] * scale - everywhere;
    }
    dx[label] -= factor * static_cast<float>(1.0 - smoothing);
}

std::size_t largest(const float* values, std::size_t count)
{
    float best = values[0];
#pragma omp simd reduction(max : best)
    for (std::size_t i = 1; i < count; ++i) {
        best = values[i] > best ? values[i] : best;
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (values[i] == best) {
            return i;
        }
    }
    return 0; // all are NaN
}

} // namespace ty::engine::loops
