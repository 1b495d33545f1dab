#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace ty::widgets {

/// Append-only numbers that mostly rise evenly (steps, epochs, times), held in chunks.
///
/// A chunk that is a straight line costs 16 bytes, one that is nearly so 4 bytes a number, any
/// other 8; at() is right to the tolerance given. Millions of steps then cost next to nothing.
/// Copies share chunks, as SharedArray's do.
class CompactColumn {
  public:
    /// @param tolerance  largest error of at(), in the column's unit
    explicit CompactColumn(double tolerance = 0)
        : m_tolerance(tolerance)
    {
    }

    void append(double value);
    double at(std::size_t index) const;
    std::size_t size() const { return m_size; }
    /// First index in [begin, end) whose number is not below `value`, else `end`; the column
    /// must not fall.
    std::size_t lowerBound(double value, std::size_t begin, std::size_t end) const;
    std::size_t byteCount() const;

  private:
    static constexpr std::size_t kChunk = 4096;

    struct Chunk {
        double first = 0;
        double slope = 0;
        std::shared_ptr<std::vector<float>> offsets; ///< from first; used once not straight
        std::shared_ptr<std::vector<double>> exact;  ///< used once offsets are too coarse
        double at(std::size_t index) const;
    };

    bool isNear(double a, double b) const;
    void appendTo(Chunk& chunk, std::size_t count, double value) const;

    std::vector<Chunk> m_chunks;
    std::size_t m_size = 0;
    double m_tolerance;
};

} // namespace ty::widgets
