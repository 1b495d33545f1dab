#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/base/random.h"

namespace ty::engine {

/// How the samples of a batch are mixed with one another.
struct Mixup {
    double alpha = 0;        ///< >= 0, of the distribution Beta(alpha, alpha) that the shares are drawn from; 0 is off
    std::size_t classes = 0; ///< targets are class numbers below it, and become the share of each class; 0: they are numbers

    bool isOff() const { return alpha == 0; }
};

/// Each sample becomes its own share, at least a half, and the rest another sample of the batch; its target likewise.
/// Source: Zhang, Cisse, Dauphin, Lopez-Paz, mixup: Beyond empirical risk minimization (2018).
/// @param samples  in the batch, at least one
/// @param inputs   {samples, ...} row-major
/// @param targets  {samples, numbers}; of classes {samples}, and {samples, classes} afterwards
void mixSamples(
    const Mixup& mixup, std::size_t samples, std::vector<float>& inputs, std::vector<float>& targets, Random& random);

} // namespace ty::engine
