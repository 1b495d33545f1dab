#pragma once

#include <cstddef>
#include <span>

#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// How far neighbours in the plane are neighbours among the rows: 1 when all are, about 0.5 for places at random. Takes time
/// that grows with the square of the rows.
/// @param places      {rows, 2}
/// @param neighbours  of a row that are looked at, below half of the rows
/// Source: Venna, Kaski, Neighborhood Preservation in Nonlinear Projection Methods (2001).
double trustworthiness(const DenseRows& rows, std::span<const float> places, std::size_t neighbours, int threads);

} // namespace ty::engine
