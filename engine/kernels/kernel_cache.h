#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <vector>

#include "engine/kernels/kernel_rows.h"

namespace ty::engine {

/// Rows of the kernel between some rows of a table, of which as many are kept as `bytes` hold; those asked for last longest.
/// Places are those of the list of rows, and can be exchanged (shrinking moves what is settled to the end).
class KernelCache {
public:
    /// @param rows   which outlive it, @param order  which of them
    /// @param threads  that share the work of a long row
    KernelCache(const KernelRows& rows, std::vector<std::uint32_t> order, std::size_t bytes, int threads);

    /// The first `length` values of the row of `place`, valid until the row after the next is asked for.
    const float* row(std::size_t place, std::size_t length);
    void swapPlaces(std::size_t a, std::size_t b);

private:
    struct Kept {
        std::vector<float> values;
        std::list<std::size_t>::iterator used;
    };
    void compute(std::size_t place, std::size_t from, std::size_t to, float* into) const;

    const KernelRows* m_rows;
    std::vector<std::uint32_t> m_order;
    std::size_t m_most; ///< numbers that may be kept
    std::size_t m_count = 0;
    int m_threads;
    std::vector<Kept> m_kept;
    std::list<std::size_t> m_byUse; ///< places with values, the one used last at the end
};

} // namespace ty::engine
