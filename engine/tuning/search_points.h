#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ty::engine {

/// The `index`-th random point of a seed in [0, 1)^dimensions, whatever points were asked for before.
std::vector<double> randomPoint(std::size_t dimensions, std::uint64_t seed, std::uint64_t index);

/// The `index`-th point of Halton's sequence, shifted by the seed, in [0, 1)^dimensions: points fill the space evenly, and each new
/// one falls into a gap.
/// Source: Halton, Numerische Mathematik 2 (1960); the shift: Cranley, Patterson, SIAM J. Numer. Anal. 13 (1976).
std::vector<double> haltonPoint(std::size_t dimensions, std::uint64_t seed, std::uint64_t index);

} // namespace ty::engine
