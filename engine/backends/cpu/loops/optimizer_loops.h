#pragma once

#include <cstddef>
#include <limits>

// Updates of one range of parameters. `gradFactor` clips: it multiplies the gradient first.
namespace ty::engine::loops {

struct OptimizerStep {
    float learningRate = 0;
    float gradFactor = 1;
    float clip = std::numeric_limits<float>::infinity(); ///< of each gradient, afterwards
    float l1 = 0;         ///< added to the gradient times the parameter's sign
    float l2 = 0;         ///< added to the gradient times the parameter
    float decay = 0;      ///< decoupled: the parameter shrinks by learningRate * decay
    float momentum = 0;   ///< Sgd
    bool isNesterov = false;
    float beta1 = 0;      ///< Adam
    float beta2 = 0;      ///< Adam, RmsProp
    float epsilon = 0;
    float correction1 = 1; ///< 1 / (1 - beta1^t)
    float correction2 = 1; ///< 1 / (1 - beta2^t)
};

void sgd(const OptimizerStep& step, const float* grad, float* parameter, float* velocity, std::size_t count);
void adam(const OptimizerStep& step, const float* grad, float* parameter, float* m, float* v, std::size_t count);
void rmsProp(const OptimizerStep& step, const float* grad, float* parameter, float* v, std::size_t count);
void adagrad(const OptimizerStep& step, const float* grad, float* parameter, float* sum, std::size_t count);
double sumOfSquares(const float* x, std::size_t count);

} // namespace ty::engine::loops
