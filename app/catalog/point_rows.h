#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "app/catalog/records.h"
#include "engine/base/result.h"

namespace ty::catalog {

class Database;

/// Gets some thousand points at a time, oldest first; false ends the reading.
using PointVisitor = std::function<bool(std::span<const CurvePoint>)>;

/// Points of a metric with afterSeq < seq <= untilSeq.
Result<void> readPoints(
    Database& database, std::int64_t metricId, std::uint64_t afterSeq, std::uint64_t untilSeq,
    const PointVisitor& visit);

} // namespace ty::catalog
