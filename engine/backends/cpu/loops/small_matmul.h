#pragma once

#include <cstdint>
#include <span>

namespace ty::engine::loops {

/// c {rows, columns} = a b (+ bias), on one thread, for matrices that are too small for a library call to pay.
/// Strides in elements: a(i, k) = a[i * aRow + k * aInner], b(k, j) = b[k * bInner + j * bColumn].
struct SmallMatMul {
    std::int64_t rows = 0;
    std::int64_t inner = 0;
    std::int64_t columns = 0;
    std::int64_t aRow = 0;
    std::int64_t aInner = 0;
    std::int64_t bInner = 0;
    std::int64_t bColumn = 0;
    std::int64_t cRow = 0; ///< elements between rows of c; 0: columns
    /// Not null: takes the sum of each row of a, as a column of ones in b would give it. Only where canSumRows().
    float* rowSums = nullptr;

    /// Whether the last vector of a row has room for such a column, and all terms are summed at once.
    bool canSumRows() const;
};
/// A row of c does not depend on how many there are.
void smallMatMul(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c);

/// smallMatMul for the vectors of each kind that this processor has, the widest first: that is the one taken.
using SmallMatMulLoop = void (*)(const SmallMatMul& shape, const float* a, const float* b, const float* bias, float* c);
std::span<const SmallMatMulLoop> smallMatMulLoops();

} // namespace ty::engine::loops
