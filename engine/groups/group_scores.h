#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// How much nearer rows are to their own group than to the next one, from -1 to 1: the mean over rows; 0 with fewer than two
/// groups. Source: Rousseeuw, Silhouettes (1987). Looks at all pairs: meant for up to some thousand rows.
double silhouette(const DenseRows& rows, std::span<const std::uint32_t> groupOf, int threads);

/// How far two ways of grouping the same rows agree beyond chance: 1 the same, about 0 by chance.
/// Source: Hubert, Arabie, Comparing Partitions (1985).
double adjustedRandIndex(std::span<const std::uint32_t> one, std::span<const std::uint32_t> other);

} // namespace ty::engine
