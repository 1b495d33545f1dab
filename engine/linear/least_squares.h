#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"
#include "engine/linear/logistic_regression.h"

namespace ty::engine {

/// Weights and an offset with the least sum of squared errors plus penalty * |weights|^2, by the normal equations in double.
/// Penalty 0: columns that depend on one another are left out.
/// @param targets  {rows}
LinearOutputs fitRidge(const DenseRows& rows, std::span<const float> targets, double penalty, int threads);

struct LassoSettings {
    double penalty = 1;      ///< alpha
    int mostPasses = 1000;
    double tolerance = 1e-4; ///< of the largest change of a weight in a pass, against the largest weight
};

/// Weights and an offset that minimise |errors|^2 / (2 rows) + alpha * |weights|_1, by coordinate descent: many weights are 0.
/// Source: Friedman, Hastie, Tibshirani, Regularization Paths for Generalized Linear Models via Coordinate Descent (2010).
/// @param told  after each pass: the largest change of a weight against the largest weight. False: what there is is enough
Result<LinearOutputs> fitLasso(
    const DenseRows& rows, std::span<const float> targets, const LassoSettings& settings, int threads,
    const std::function<Result<bool>(int pass, double change)>& told = {});

} // namespace ty::engine
