#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "widgets/chart/shared_array.h"

namespace ty::widgets {

/// Extremes of some values; NaN and infinities are left out.
struct Extent {
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();
    double minPositive = std::numeric_limits<double>::infinity(); ///< for logarithmic axes

    bool isEmpty() const { return min > max; }

    void include(double value)
    {
        // No branches: this runs for every point at the ends of every pixel column.
        const bool isFinite = std::abs(value) <= std::numeric_limits<double>::max();
        min = isFinite && value < min ? value : min;
        max = isFinite && value > max ? value : max;
        minPositive = isFinite && value > 0 && value < minPositive ? value : minPositive;
    }

    void include(const Extent& other)
    {
        min = std::min(min, other.min);
        max = std::max(max, other.max);
        minPositive = std::min(minPositive, other.minPositive);
    }
};

/// Extremes of blocks of an append-only sequence, of blocks of blocks, and so on, so that any
/// range answers in O(log n). The values themselves stay with the owner; copies share what they can.
class MinMaxPyramid {
  public:
    static constexpr std::size_t kBlock = 16;

    void append(double value);
    void clear();
    std::size_t size() const { return m_size; }
    std::size_t byteCount() const;

    /// @param visit  called as visit(from, to, extent) for the ragged ends of [begin, end),
    ///               each within one or two blocks, to include those values
    template <class Visit>
    Extent extent(std::size_t begin, std::size_t end, const Visit& visit) const
    {
        Extent result;
        const std::size_t firstBlock = (begin + kBlock - 1) / kBlock;
        const std::size_t lastBlock = end / kBlock;
        if (firstBlock >= lastBlock) {
            visit(begin, end, result);
            return result;
        }
        visit(begin, firstBlock * kBlock, result);
        visit(lastBlock * kBlock, end, result);
        result.include(blocks(firstBlock, lastBlock));
        return result;
    }

  private:
    static constexpr std::size_t kFan = 8;
    static constexpr std::size_t kChunk = 256;

    Extent blocks(std::size_t begin, std::size_t end) const;

    std::vector<SharedArray<Extent, kChunk>> m_levels;
    Extent m_open; ///< of the block not yet full
    std::size_t m_size = 0;
};

} // namespace ty::widgets
