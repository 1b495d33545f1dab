#include "engine/backends/cpu/loops/share_loss_loops.h"

#include <cmath>

#include "engine/backends/cpu/loops/vector_math.h"

namespace ty::engine::loops {

TY_CLONES
double weightOfShares(const float* shares, const float* weights, std::size_t classes)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < classes; ++i) {
        total += shares[i] * weights[i];
    }
    return static_cast<double>(total);
}

TY_CLONES
WeightedLoss crossEntropyOfShares(
    const float* logits, const float* shares, const float* weights, double smoothing, std::size_t classes)
{
    const float best = maximumOf(logits, classes);
    float total = 0;
    float sum = 0;
    float weight = 0;
    float distance = 0;
#pragma omp simd reduction(+ : total, sum, weight, distance)
    for (std::size_t i = 0; i < classes; ++i) {
        const float share = shares[i] * weights[i];
        total += fastExp(logits[i] - best);
        sum += logits[i] - best;
        weight += share;
        distance += share * (logits[i] - best);
    }
    const auto all = static_cast<double>(weight);
    const double logTotal = std::log(static_cast<double>(total));
    const double atShares = all * logTotal - static_cast<double>(distance);
    const double everywhere = all * (logTotal - static_cast<double>(sum) / static_cast<double>(classes));
    return {(1.0 - smoothing) * atShares + smoothing * everywhere, all};
}

TY_CLONES
void crossEntropyOfSharesGrad(
    const float* logits,
    const float* shares,
    const float* weights,
    double smoothing,
    float factor,
    float* dx,
    std::size_t classes)
{
    const float best = maximumOf(logits, classes);
    float total = 0;
    float weight = 0;
#pragma omp simd reduction(+ : total, weight)
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = fastExp(logits[i] - best);
        total += dx[i];
        weight += shares[i] * weights[i];
    }
    const float scale = factor * weight / total;
    const float rest = factor * static_cast<float>(1.0 - smoothing);
    const float everywhere = factor * weight * static_cast<float>(smoothing / static_cast<double>(classes));
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = dx[i] * scale - rest * shares[i] * weights[i] - everywhere;
    }
}

} // namespace ty::engine::loops
