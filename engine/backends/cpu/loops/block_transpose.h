#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/backends/cpu/loops/channel_vector.h"

namespace ty::engine::loops {

/// Swaps the blocks of `Step` lanes beside the diagonal of two rows that lie `Step` apart.
template<int Step, std::size_t... Lane>
TY_INLINE void swapBlocks(Vec& a, Vec& b, std::index_sequence<Lane...> /*lanes*/)
{
    constexpr int kStep = Step;
    const Vec low = __builtin_shufflevector(
        a, b, ((static_cast<int>(Lane) & kStep) != 0 ? static_cast<int>(Lane) + 16 - kStep : static_cast<int>(Lane))...);
    const Vec high = __builtin_shufflevector(
        a, b, ((static_cast<int>(Lane) & kStep) != 0 ? static_cast<int>(Lane) + 16 : static_cast<int>(Lane) + kStep)...);
    a = low;
    b = high;
}

template<int Step>
TY_INLINE void swapRows(Vec (&rows)[kLanes])
{
    TY_UNROLL
    for (int i = 0; i < kLanes; ++i) {
        if ((i & Step) == 0) {
            swapBlocks<Step>(rows[i], rows[i + Step], std::make_index_sequence<kLanes>());
        }
    }
}

/// target = the 16 x 16 matrix of source, whose rows lie `rowStride` floats apart, transposed.
TY_INLINE void transpose(const float* source, std::int64_t rowStride, float* target)
{
    Vec rows[kLanes];
    TY_UNROLL
    for (int i = 0; i < kLanes; ++i) {
        rows[i] = at(source + i * rowStride);
    }
    swapRows<8>(rows);
    swapRows<4>(rows);
    swapRows<2>(rows);
    swapRows<1>(rows);
    TY_UNROLL
    for (int i = 0; i < kLanes; ++i) {
        at(target + i * kLanes) = rows[i];
    }
}

} // namespace ty::engine::loops
