#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ty::engine {

/// Rows of numbers, each padded with zeros to a multiple of kLanes, so that products need no rest.
class DenseRows {
public:
    static constexpr std::size_t kLanes = 16;

    DenseRows() = default;
    DenseRows(std::size_t rows, std::size_t columns)
        : m_rows(rows), m_columns(columns), m_stride((columns + kLanes - 1) / kLanes * kLanes), m_values(rows * m_stride)
    {
    }

    std::size_t rows() const { return m_rows; }
    std::size_t columns() const { return m_columns; }
    std::size_t stride() const { return m_stride; } ///< numbers from a row to the next
    std::span<float> row(std::size_t i) { return std::span(m_values).subspan(i * m_stride, m_columns); }
    std::span<const float> row(std::size_t i) const { return std::span(m_values).subspan(i * m_stride, m_columns); }
    const float* data() const { return m_values.data(); }

private:
    std::size_t m_rows = 0;
    std::size_t m_columns = 0;
    std::size_t m_stride = 0;
    std::vector<float> m_values;
};

} // namespace ty::engine
