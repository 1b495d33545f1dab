#pragma once

#include <cstdint>

namespace ty::engine::kernels {

/// Shares out a kernel's scratch, in floats from its begin.
class ScratchRoom {
public:
    /// Where `floats` of them begin, on a cache line.
    std::int64_t take(std::int64_t floats)
    {
        constexpr std::int64_t kLine = 16;
        const std::int64_t place = m_floats;
        m_floats += (floats + kLine - 1) / kLine * kLine;
        return place;
    }
    /// The same of integers of 64 bits.
    std::int64_t takeIndices(std::int64_t count) { return take(2 * count); }
    std::int64_t floats() const { return m_floats; }

private:
    std::int64_t m_floats = 0;
};

} // namespace ty::engine::kernels
