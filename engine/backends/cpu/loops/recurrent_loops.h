#pragma once

#include <cstddef>

// One step of one sample of a recurrent layer; the formulas stand beside RecurrentAttributes in engine/graph/op.h. All
// ranges are `units` long unless said otherwise.
namespace ty::engine::loops {

/// gates {4 units}: in, the part of the input; out, i, f, g, o. `state` {4 units}: the part of the state.
/// h is written twice: into the result and for the next step.
void lstmStep(
    const float* state, const float* cBefore, float* gates, float* c, float* h, float* next, std::size_t units);
/// dh: gradient of h from above; dhNext and dc: from the step after, dc is replaced by that for the step before.
/// dz {4 units} is written twice.
void lstmStepGrad(
    const float* dh,
    const float* dhNext,
    const float* gates,
    const float* c,
    const float* cBefore,
    float* dc,
    float* dz,
    float* copy,
    std::size_t units);

/// gates {4 units}: in, the part of the input of z, r, n; out, z, r, n, q. `state` {3 units}; biasQ {units}.
void gruStep(
    const float* state,
    const float* biasQ,
    const float* hBefore,
    float* gates,
    float* h,
    float* next,
    std::size_t units);
/// dz {4 units}: of z, r, n, q. `copy` {3 units}: of z, r, q. `direct`: of the state before, not through the gates.
void gruStepGrad(
    const float* dh,
    const float* dhNext,
    const float* gates,
    const float* hBefore,
    float* dz,
    float* copy,
    float* direct,
    std::size_t units);

/// tanh, or max(x, 0).
void simpleStep(bool isRelu, const float* state, float* gates, float* h, float* next, std::size_t units);
void simpleStepGrad(
    bool isRelu, const float* dh, const float* dhNext, const float* gates, float* dz, float* copy, std::size_t units);

} // namespace ty::engine::loops
