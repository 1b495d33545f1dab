#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

inline constexpr const char* kNoiseName = "noise"; ///< what rows are called that are of no group

/// "group 1" to "group `groups`", and kNoiseName after them if rows may be of none.
std::vector<std::string> groupNames(std::size_t groups, bool mayBeNoise);

/// silhouette() of evenly taken rows, at most 2,000, without those of group `noise`, which is none; null where fewer than two groups are.
Json sampledSilhouette(const DenseRows& rows, std::span<const std::uint32_t> groupOf, std::size_t noise, int threads);

/// How many groups, from 2 to 10, k-means finds farthest apart (silhouette) in up to 1,000 of the rows; 1 of rows that
/// are all alike, or fewer than three.
Result<std::size_t> likelyGroups(const DenseRows& rows, std::uint64_t seed, int threads);

/// Whether a model without a target, by its model.json, gives rows to groups by parts: its shares are worth telling then.
bool areGroupsByParts(const Json& card);

} // namespace ty::engine
