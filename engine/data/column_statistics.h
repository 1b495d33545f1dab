#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "engine/data/value_histogram.h"

namespace ty::engine {

/// Counts how often each number occurs, for up to `kLimit` different ones; then it gives up.
class DistinctNumbers {
  public:
    static constexpr std::size_t kLimit = 10'000;

    void add(float value, std::uint64_t times = 1);
    void add(const DistinctNumbers& other);
    /// Stops counting; as if there had been too many.
    void giveUp();
    std::size_t size() const { return m_used; }
    /// false: there were more than kLimit, and the counts are gone.
    bool isExact() const { return !m_isFull; }
    /// Ascending by value; empty when not exact.
    std::vector<std::pair<float, std::uint64_t>> sorted() const;

  private:
    void insert(float value, std::uint64_t times);

    std::vector<std::pair<float, std::uint64_t>> m_slots; ///< count 0: free
    std::size_t m_used = 0;
    bool m_isFull = false;
};

/// Running figures of a column of numbers; pieces are added in their order in the file.
struct NumberStatistics {
    std::uint64_t present = 0;
    std::uint64_t missing = 0;
    double minimum = std::numeric_limits<double>::infinity();
    double maximum = -std::numeric_limits<double>::infinity();
    double mean = 0;
    double squares = 0; ///< sum of squared differences from the mean
    bool areAllIntegers = true;
    bool isCounter = true; ///< each value is the one before plus one
    float first = 0;
    float last = 0;
    DistinctNumbers distinct;
    ValueHistogram binned; ///< of all values once `distinct` has given up; empty before

    /// NaN is a missing value. Different values are not counted once `distinct` has given up.
    void add(std::span<const float> values);
    void add(const NumberStatistics& next);
    /// Of the values present; 0 if there are none.
    double deviation() const;
    /// How the values are spread, in at most 32 bins; those of whole numbers hold whole numbers.
    ValueHistogram spread() const;

private:
    void addDistinct(const NumberStatistics& next);
};

} // namespace ty::engine
