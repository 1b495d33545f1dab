#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/parameter.h"
#include "engine/base/result.h"

namespace ty::engine {

/// What a search tries of one parameter: numbers between two ends, or some values.
struct SearchRange {
    std::string name;
    bool isWhole = false;
    bool isLogarithmic = false;
    double low = 0;
    double high = 0;
    std::vector<Json> values; ///< not empty: these, in this order; else from low to high

    /// @param share  in [0, 1): where in the range, evenly in the logarithm if so
    Json at(double share) const;
    /// At most so many values, evenly spread from end to end, each once.
    std::vector<Json> steps(std::size_t most) const;
    Json toJson() const;
};

/// What a search tries: a range for each parameter that it changes.
class SearchSpace {
public:
    /// The parameters for which the learner's table names a range to search.
    static SearchSpace of(const ParameterTable& table);
    /// @param given  "cost=0.1..100", "cost=0.1..100:log", ":linear", "kernel=linear,rbf", or "cost" alone for the table's own range
    /// Errors: InvalidInput for what the table does not allow.
    static Result<SearchSpace> parse(const ParameterTable& table, const std::vector<std::string>& given);

    const std::vector<SearchRange>& ranges() const { return m_ranges; }
    bool isEmpty() const { return m_ranges.empty(); }
    /// @param point  {ranges}, each in [0, 1). Result: the settings there.
    Json at(std::span<const double> point) const;
    /// All combinations of evenly spread values, at most `most` of them: as many steps in each range as that allows, the first
    /// ranges first.
    std::vector<Json> grid(std::size_t most) const;
    Json toJson() const;

private:
    std::vector<SearchRange> m_ranges;
};

} // namespace ty::engine
