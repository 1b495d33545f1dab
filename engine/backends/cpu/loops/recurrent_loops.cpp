#include "engine/backends/cpu/loops/recurrent_loops.h"

#include "engine/backends/cpu/loops/vector_math.h"

namespace ty::engine::loops {

TY_CLONES
void lstmStep(
    const float* state, const float* cBefore, float* gates, float* c, float* h, float* next, std::size_t units)
{
#pragma omp simd
    for (std::size_t k = 0; k < units; ++k) {
        const float i = fastSigmoid(gates[k] + state[k]);
        const float f = fastSigmoid(gates[units + k] + state[units + k]);
        const float g = fastTanh(gates[2 * units + k] + state[2 * units + k]);
        const float o = fastSigmoid(gates[3 * units + k] + state[3 * units + k]);
        const float cell = f * cBefore[k] + i * g;
        const float value = o * fastTanh(cell);
        gates[k] = i;
        gates[units + k] = f;
        gates[2 * units + k] = g;
        gates[3 * units + k] = o;
        c[k] = cell;
        h[k] = value;
        next[k] = value;
    }
}

TY_CLONES
void lstmStepGrad(
    const float* dh,
    const float* dhNext,
    const float* gates,
    const float* c,
    const float* cBefore,
    float* dc,
    float* dz,
    float* copy,
    std::size_t units)
{
#pragma omp simd
    for (std::size_t k = 0; k < units; ++k) {
        const float i = gates[k];
        const float f = gates[units + k];
        const float g = gates[2 * units + k];
        const float o = gates[3 * units + k];
        const float grad = dh[k] + dhNext[k];
        const float tangent = fastTanh(c[k]);
        const float dcell = dc[k] + grad * o * (1.0F - tangent * tangent);
        const float di = dcell * g * i * (1.0F - i);
        const float df = dcell * cBefore[k] * f * (1.0F - f);
        const float dg = dcell * i * (1.0F - g * g);
        const float dout = grad * tangent * o * (1.0F - o);
        dc[k] = dcell * f;
        dz[k] = di;
        dz[units + k] = df;
        dz[2 * units + k] = dg;
        dz[3 * units + k] = dout;
        copy[k] = di;
        copy[units + k] = df;
        copy[2 * units + k] = dg;
        copy[3 * units + k] = dout;
    }
}

TY_CLONES
void gruStep(
    const float* state,
    const float* biasQ,
    const float* hBefore,
    float* gates,
    float* h,
    float* next,
    std::size_t units)
{
#pragma omp simd
    for (std::size_t k = 0; k < units; ++k) {
        const float z = fastSigmoid(gates[k] + state[k]);
        const float r = fastSigmoid(gates[units + k] + state[units + k]);
        const float q = state[2 * units + k] + biasQ[k];
        const float n = fastTanh(gates[2 * units + k] + r * q);
        const float value = (1.0F - z) * n + z * hBefore[k];
        gates[k] = z;
        gates[units + k] = r;
        gates[2 * units + k] = n;
        gates[3 * units + k] = q;
        h[k] = value;
        next[k] = value;
    }
}

TY_CLONES
void gruStepGrad(
    const float* dh,
    const float* dhNext,
    const float* gates,
    const float* hBefore,
    float* dz,
    float* copy,
    float* direct,
    std::size_t units)
{
#pragma omp simd
    for (std::size_t k = 0; k < units; ++k) {
        const float z = gates[k];
        const float r = gates[units + k];
        const float n = gates[2 * units + k];
        const float grad = dh[k] + dhNext[k];
        const float dn = grad * (1.0F - z) * (1.0F - n * n);
        const float dupdate = grad * (hBefore[k] - n) * z * (1.0F - z);
        const float dreset = dn * gates[3 * units + k] * r * (1.0F - r);
        const float dq = dn * r;
        dz[k] = dupdate;
        dz[units + k] = dreset;
        dz[2 * units + k] = dn;
        dz[3 * units + k] = dq;
        copy[k] = dupdate;
        copy[units + k] = dreset;
        copy[2 * units + k] = dq;
        direct[k] = grad * z;
    }
}

TY_CLONES
void simpleStep(bool isRelu, const float* state, float* gates, float* h, float* next, std::size_t units)
{
#pragma omp simd
    for (std::size_t k = 0; k < units; ++k) {
        const float sum = gates[k] + state[k];
        const float positive = sum > 0.0F ? sum : 0.0F;
        const float value = isRelu ? positive : fastTanh(sum);
        gates[k] = value;
        h[k] = value;
        next[k] = value;
    }
}

TY_CLONES
void simpleStepGrad(
    bool isRelu, const float* dh, const float* dhNext, const float* gates, float* dz, float* copy, std::size_t units)
{
#pragma omp simd
    for (std::size_t k = 0; k < units; ++k) {
        const float grad = dh[k] + dhNext[k];
        const float slope = isRelu ? (gates[k] > 0.0F ? 1.0F : 0.0F) : 1.0F - gates[k] * gates[k];
        dz[k] = grad * slope;
        copy[k] = grad * slope;
    }
}

} // namespace ty::engine::loops
