#pragma once

#include <cstddef>
#include <span>

namespace ty::engine {

/// Makes the rows {count, length} orthonormal one after the other, each by what is left of it beside those before (Gram-Schmidt,
/// modified). Precondition: count <= length, and no row depends on those before it. The same bits for any number of threads.
void orthonormalise(std::span<double> rows, std::size_t length, int threads);

} // namespace ty::engine
