#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// outputs = weights x + offsets. Of classes their logits; two classes have an output each, of which the first is always 0.
struct LinearOutputs {
    std::vector<double> weights; ///< {outputs, inputs}
    std::vector<double> offsets; ///< {outputs}

    /// {rows, outputs}: the outputs as they are.
    std::vector<double> outputs(const DenseRows& rows, int threads) const;
};

struct LogisticSettings {
    double cost = 1;         ///< C: the errors' weight against half the squared length of the weights (offsets are free)
    int mostPasses = 100;    ///< of L-BFGS
    double tolerance = 1e-4; ///< of the largest derivative at which the weights are good enough
    int threads = 1;
};

/// Told after each pass: the mean loss of a sample with its share of the penalty. False: no further.
using PassTold = std::function<Result<bool>(int pass, double loss, const LinearOutputs& weights)>;

/// Minimises cost * sum of cross-entropies + |weights|^2 / 2 by L-BFGS.
/// Source: Liu, Nocedal, On the Limited Memory BFGS Method for Large Scale Optimization (1989).
/// @param targets  {rows}: class numbers
Result<LinearOutputs> fitLogistic(
    const DenseRows& rows, std::span<const float> targets, int classes, const LogisticSettings& settings, const PassTold& told);

} // namespace ty::engine
