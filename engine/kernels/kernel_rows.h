#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/dense_rows.h"
#include "engine/kernels/kernel_function.h"

namespace ty::engine {

/// A row as a kernel compares it with others; a view of the KernelRows that it is of.
struct KernelRow {
    const float* numbers = nullptr;      ///< DenseRows::stride() of them
    const std::uint64_t* bits = nullptr; ///< the same, where all numbers of the table are 0 or 1; else null
    float norm = 0;                      ///< square of its length
};

/// The rows of a table as a kernel compares them. Where all their numbers are 0 or 1 (categories) they are compared by counting
/// bits, which gives the same values many times as fast. The table outlives it. Immutable: any thread may ask.
class KernelRows {
public:
    KernelRows(const KernelFunction& kernel, const DenseRows& rows);

    std::size_t size() const { return m_rows.rows(); }
    KernelRow row(std::size_t i) const;
    /// The kernel of a row with itself.
    float diagonal(std::size_t i) const { return m_kernel.kind == KernelKind::Rbf ? 1.0F : m_norms[i]; }
    /// Products that a comparison takes: what is worth sharing among threads.
    std::size_t effort() const { return m_bits.empty() ? m_rows.stride() : m_words; }
    /// into[i] = kernel(row(order[i]), one); order empty: rows in their order.
    /// @param one  of this table, or of another with the same columns
    void compare(const KernelRow& one, std::span<const std::uint32_t> order, std::span<float> into) const;

private:
    void packBits();

    KernelFunction m_kernel;
    const DenseRows& m_rows;
    std::vector<float> m_norms;
    std::size_t m_words = 0;           ///< of 64 bits a row
    std::vector<std::uint64_t> m_bits; ///< {rows, m_words}; empty: some number is neither 0 nor 1
    std::vector<float> m_ofCount;      ///< kernel by the number of bits that differ (Rbf) or agree (Linear)
};

} // namespace ty::engine
