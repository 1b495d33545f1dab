#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ty::engine {

/// How often values fall into bins of one width, for numbers whose range nobody knows beforehand. Widths are powers of two and
/// edges their multiples, so that two histograms become one without an error, in any order.
class ValueHistogram {
public:
    static constexpr int kMostBins = 256;

    /// Values that are not finite are passed over.
    void add(std::span<const float> values);
    void add(float value, std::uint64_t times);
    void add(const ValueHistogram& other);

    bool isEmpty() const { return m_counts.empty(); }
    double width() const;
    /// Lower edge of the first bin; that of bin i is from() + i * width().
    double from() const;
    double to() const;
    const std::vector<std::uint64_t>& counts() const { return m_counts; }
    /// The same with at most `most` bins, each of them at least as wide as two to the power `leastExponent`.
    ValueHistogram coarser(int most, int leastExponent) const;

private:
    void widen(int exponent);
    /// Widens until bins from `first` to `last` of width two to the power `exponent` fit beside those that are there.
    void makeRoom(int exponent, double least, double most);

    int m_exponent = 0;       ///< the width is two to this power
    std::int64_t m_first = 0; ///< the first bin begins at m_first * width
    std::vector<std::uint64_t> m_counts;
};

} // namespace ty::engine
