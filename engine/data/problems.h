#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace ty::engine {

inline constexpr std::size_t kMostProblemPlaces = 20;

/// Empty classes, a single class, imbalance above 10 : 1 and names that look like misspellings of
/// another.
/// @param what  samples are called in messages: "rows", "images"
void addClassProblems(DatasetInfo& info, const std::string& what);

/// Equal samples within a part ("duplicates") and across parts ("split-duplicates"), by equal
/// hashes.
/// @param placeOf  what a person calls sample i
void addDuplicateProblems(
    DatasetInfo& info,
    std::span<const std::uint64_t> hashes,
    const std::function<SplitPart(std::uint64_t)>& partOf,
    const std::function<std::string(std::uint64_t)>& placeOf,
    const std::string& what);

/// "1 row", "2 rows"
std::string counted(std::uint64_t number, const std::string& plural);

} // namespace ty::engine
