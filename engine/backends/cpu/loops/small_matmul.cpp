#include "engine/backends/cpu/loops/small_matmul.h"

#include "engine/backends/cpu/loops/clones.h"

namespace ty::engine::loops {

TY_CLONES
void smallMatMul(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c)
{
    const std::int64_t columns = shape.columns;
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        float* row = c + i * (shape.cRow != 0 ? shape.cRow : columns);
        const float* left = a + i * shape.aRow;
        if (shape.bColumn == 1) {
            for (std::int64_t j = 0; j < columns; ++j) {
                row[j] = bias != nullptr ? bias[j] : 0.0F;
            }
            for (std::int64_t k = 0; k < shape.inner; ++k) {
                const float factor = left[k * shape.aInner];
                const float* right = b + k * shape.bInner;
#pragma omp simd
                for (std::int64_t j = 0; j < columns; ++j) {
                    row[j] += factor * right[j];
                }
            }
            continue;
        }
        for (std::int64_t j = 0; j < columns; ++j) {
            const float* right = b + j * shape.bColumn;
            float total = 0;
            if (shape.aInner == 1 && shape.bInner == 1) {
#pragma omp simd reduction(+ : total)
                for (std::int64_t k = 0; k < shape.inner; ++k) {
                    total += left[k] * right[k];
                }
            } else {
                for (std::int64_t k = 0; k < shape.inner; ++k) {
                    total += left[k * shape.aInner] * right[k * shape.bInner];
                }
            }
            row[j] = total + (bias != nullptr ? bias[j] : 0.0F);
        }
    }
}

} // namespace ty::engine::loops
