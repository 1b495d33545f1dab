#include "engine/backends/cpu/loops/bfloat16.h"

namespace ty::engine::loops {

TY_CLONES
void convert(const float* x, BFloat16* y, std::size_t count)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        y[i] = fromFloat<BFloat16>(x[i]);
    }
}

TY_CLONES
void convert(const BFloat16* x, float* y, std::size_t count)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        y[i] = toFloat(x[i]);
    }
}

} // namespace ty::engine::loops
