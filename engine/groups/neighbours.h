#pragma once

#include <cstdint>
#include <vector>

#include "engine/kernels/dense_rows.h"

namespace ty::engine {

struct Neighbour {
    float distance = 0; ///< squared
    std::uint32_t point = 0;
    auto operator<=>(const Neighbour&) const = default;
};

/// {rows, count}: the nearest points of each row, the nearest first, equal ones by their number. Every point is looked at.
/// @param count  at most points.rows()
std::vector<Neighbour> nearestPoints(const DenseRows& rows, const DenseRows& points, std::size_t count, int threads);

} // namespace ty::engine
