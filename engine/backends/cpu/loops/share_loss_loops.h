#pragma once

#include <cstddef>

namespace ty::engine::loops {

/// A row's loss, and what it counts in the mean of a batch, by which it is multiplied already.
struct WeightedLoss {
    double loss = 0;
    double weight = 0;
};
/// Against the share of each class instead of a label: the mean of the losses of all labels, each by its share and weight.
WeightedLoss crossEntropyOfShares(
    const float* logits, const float* shares, const float* weights, double smoothing, std::size_t classes);
void crossEntropyOfSharesGrad(
    const float* logits,
    const float* shares,
    const float* weights,
    double smoothing,
    float factor,
    float* dx,
    std::size_t classes);
double weightOfShares(const float* shares, const float* weights, std::size_t classes);

} // namespace ty::engine::loops
