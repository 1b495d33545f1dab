#include "engine/backends/cpu/loops/optimizer_loops.h"

#include <cmath>

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

namespace {

/// The gradient that the update uses: clipped, then with the penalties.
TY_INLINE float penalised(const OptimizerStep& s, float grad, float parameter)
{
    const float scaled = grad * s.gradFactor;
    const float below = scaled > -s.clip ? scaled : -s.clip;
    // Not a number stays one: training must see it.
    const float clipped = scaled != scaled ? scaled : below < s.clip ? below : s.clip;
    const float sign = parameter > 0.0F ? 1.0F : parameter < 0.0F ? -1.0F : 0.0F;
    return clipped + s.l2 * parameter + s.l1 * sign;
}

} // namespace

TY_CLONES
void sgd(const OptimizerStep& step, const float* grad, float* parameter, float* velocity, std::size_t count)
{
    const OptimizerStep s = step;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float g = penalised(s, grad[i], parameter[i]);
        const float v = s.momentum * velocity[i] + g;
        velocity[i] = v;
        const float direction = s.isNesterov ? g + s.momentum * v : v;
        parameter[i] -= s.learningRate * direction;
    }
}

TY_CLONES
void adam(const OptimizerStep& step, const float* grad, float* parameter, float* m, float* v, std::size_t count)
{
    const OptimizerStep s = step;
    const float shrink = 1.0F - s.learningRate * s.decay;
    const float rate = s.learningRate * s.correction1;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float g = penalised(s, grad[i], parameter[i]);
        const float first = s.beta1 * m[i] + (1.0F - s.beta1) * g;
        const float second = s.beta2 * v[i] + (1.0F - s.beta2) * g * g;
        m[i] = first;
        v[i] = second;
        parameter[i] = parameter[i] * shrink - rate * first / (__builtin_sqrtf(second * s.correction2) + s.epsilon);
    }
}

TY_CLONES
void rmsProp(const OptimizerStep& step, const float* grad, float* parameter, float* v, std::size_t count)
{
    const OptimizerStep s = step;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float g = penalised(s, grad[i], parameter[i]);
        const float second = s.beta2 * v[i] + (1.0F - s.beta2) * g * g;
        v[i] = second;
        parameter[i] -= s.learningRate * g / (__builtin_sqrtf(second) + s.epsilon);
    }
}

TY_CLONES
void adagrad(const OptimizerStep& step, const float* grad, float* parameter, float* sum, std::size_t count)
{
    const OptimizerStep s = step;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float g = penalised(s, grad[i], parameter[i]);
        const float total = sum[i] + g * g;
        sum[i] = total;
        parameter[i] -= s.learningRate * g / (__builtin_sqrtf(total) + s.epsilon);
    }
}

TY_CLONES
double sumOfSquares(const float* x, std::size_t count)
{
    double total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < count; ++i) {
        total += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    return total;
}

} // namespace ty::engine::loops
