#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"

namespace ty::engine {

struct NumberStatistics;

/// How the values of a column are spread: numbers and dates in bins of one width, categories one by one.
struct Distribution {
    double from = 0; ///< lower edge of the first bin, in the column's own unit; dates: days since 1970
    double to = 0;   ///< upper edge of the last
    std::vector<std::string> names;    ///< categories only: the most frequent ones, the most frequent first
    std::vector<std::uint64_t> counts; ///< of each bin, or of each of `names`
    std::uint64_t others = 0;          ///< categories: cells with another than `names`

    bool isEmpty() const { return counts.empty(); }
    /// As inspect --json has it.
    Json toJson() const;
    /// "▁▂▇▃": a letter for each bin or category; empty if there are none.
    std::string toSparkline() const;
};

/// At most 32 bins, with edges at multiples of a power of two; those of whole numbers are not cut.
Distribution distributionOf(const NumberStatistics& statistics);
/// The twelve most frequent; those that never occur are left out. `counts` has an entry for each name.
Distribution distributionOf(const std::vector<std::string>& categories, std::span<const std::uint64_t> counts);

} // namespace ty::engine
