#include "engine/backends/cpu/loops/row_norm_loops.h"

#include <cmath>

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

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
