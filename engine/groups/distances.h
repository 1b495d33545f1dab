#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// Squares of the rows' lengths.
std::vector<float> squaredLengths(const DenseRows& rows);

/// into[q * points.rows() + p] = squared distance of row first + q from point p, never below 0.
/// @param rowLengths, pointLengths  squaredLengths() of the two
/// @param into  {count, points.rows()}
void squaredDistances(
    const DenseRows& rows, std::span<const float> rowLengths, std::size_t first, std::size_t count, const DenseRows& points,
    std::span<const float> pointLengths, std::span<float> into);

} // namespace ty::engine
