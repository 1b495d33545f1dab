#include "engine/backends/cpu/loops/optimizer_loops.h"

#include <cmath>

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

TY_CLONES
void sgd(const OptimizerStep& step, const float* grad, float* parameter, float* velocity, std::size_t count)
{
    const OptimizerStep s = step;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float g = grad[i] * s.gradFactor + s.l2 * parameter[i];
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
        const float g = grad[i] * s.gradFactor + s.l2 * parameter[i];
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
        const float g = grad[i] * s.gradFactor + s.l2 * parameter[i];
        const float second = s.beta2 * v[i] + (1.0F - s.beta2) * g * g;
        v[i] = second;
        parameter[i] -= s.learningRate * g / (__builtin_sqrtf(second) + s.epsilon);
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
