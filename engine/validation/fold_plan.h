#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// How samples are divided into folds.
struct FoldSettings {
    int folds = 5;   ///< >= 2
    int repeats = 1; ///< >= 1: as many other divisions
    std::uint64_t seed = 1;
    bool isStratified = true; ///< each fold has about the same share of each class; of values it changes nothing
    std::string groupColumn;  ///< rows with the same value of it stay in one fold; empty: rows stand alone
};

/// What is fitted and what judges it; indices into one dataset, ascending.
struct Fold {
    int repeat = 0;
    int number = 0; ///< in [0, folds)
    std::vector<std::uint32_t> training;
    std::vector<std::uint32_t> held;
};

/// A division of samples into folds, as values: it is kept with what was measured by it, and can be used again by another
/// learner or program.
class FoldPlan {
public:
    /// The same seed gives the same folds on every machine. Sizes differ by at most one sample (of groups by more).
    /// @param samples  of `dataset`, with a target
    /// Errors: InvalidInput for fewer samples, groups or repeats than folds need, and for an unknown column.
    static Result<FoldPlan> make(const Dataset& dataset, std::span<const std::uint32_t> samples, const FoldSettings& settings);
    /// Errors: InvalidInput naming the place when it is not a plan, or one for another number of samples.
    static Result<FoldPlan> fromJson(const Json& json, std::uint64_t samples, const std::string& what);
    /// {"format", "samples", "folds", "repeats", "seed", "stratified", "group", "assignments": [[fold of each sample, -1: none]]}
    Json toJson() const;

    const FoldSettings& settings() const { return m_settings; }
    /// Folds times repeats.
    std::size_t size() const { return m_assignments.size() * static_cast<std::size_t>(m_settings.folds); }
    /// @param index  in [0, size()): the folds of the first repeat first
    Fold fold(std::size_t index) const;

private:
    FoldSettings m_settings;
    std::vector<std::vector<std::int32_t>> m_assignments; ///< {repeats} of {samples}
};

/// The samples in an order whose every beginning has about the shares of the classes that all have; the same seed gives the same
/// order. What is taken from its front is a fair smaller part, and a larger one holds it.
std::vector<std::uint32_t> nestedOrder(const Dataset& dataset, std::span<const std::uint32_t> samples, std::uint64_t seed);

} // namespace ty::engine
