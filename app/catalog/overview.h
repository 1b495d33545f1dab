#pragma once

#include <cstdint>
#include <vector>

#include "app/catalog/records.h"
#include "engine/base/result.h"

namespace ty::catalog {

class Database;

/// Points that one block of an overview stands for.
inline constexpr std::int64_t kOverviewBlock = 1000;

/// Adds the blocks that are full but not in the overview yet, from at most `mostPoints` points; inside a transaction
/// of its own unless there is one. True: there is more to do.
Result<bool> growOverview(Database& database, std::int64_t metricId, std::int64_t mostPoints);

/// The points of all blocks, oldest first; `lastSeq` becomes the number of the last point that they stand for.
Result<std::vector<CurvePoint>> readOverview(Database& database, std::int64_t metricId, std::uint64_t& lastSeq);

} // namespace ty::catalog
