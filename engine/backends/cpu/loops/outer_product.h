#pragma once

#include <cstdint>

#include "engine/backends/cpu/loops/channel_vector.h"

// The innermost step of our products of matrices.
namespace ty::engine::loops {

/// The same place, but the compiler takes it for another, and what lies there for something else.
TY_INLINE const float* disguised(const float* place)
{
    asm("" : "+r"(place));
    return place;
}

/// sums[r][b] += values[r stride] row[b]. A value that is multiplied with two vectors is spread over the lanes of a register
/// by an instruction of its own, or, of the first `Folded` rows, by each of its multiplications as it loads it: fewer
/// instructions and more loads. `again` is values, disguised. About half of the rows are best: as many loads as the
/// processor has time for beside the multiplications.
template<int Folded, int Rows, int Columns>
TY_INLINE void addOuterProduct(
    const float* values, const float* again, std::int64_t stride, const Vec (&row)[Columns], Vec (&sums)[Rows][Columns])
{
    TY_UNROLL
    for (int r = 0; r < Rows; ++r) {
        TY_UNROLL
        for (int b = 0; b < Columns; ++b) {
            sums[r][b] += (r < Folded && b > 0 ? again : values)[r * stride] * row[b];
        }
    }
}

} // namespace ty::engine::loops
