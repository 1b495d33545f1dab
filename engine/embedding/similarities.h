#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// How probable it is that two rows are neighbours: sparse, symmetric, the sum of all is 1.
struct Similarities {
    std::vector<std::size_t> starts;   ///< {rows + 1}: where a row's entries begin
    std::vector<std::uint32_t> others; ///< ascending in each row
    std::vector<float> values;
};

/// Gaussian neighbourhoods, each as wide as it takes for its entropy to be that of `perplexity` neighbours, made symmetric.
/// @param perplexity  above 1; rows have three times as many neighbours at most. The result does not depend on the threads.
/// Source: van der Maaten, Hinton, Visualizing Data using t-SNE (2008), section 2.
Similarities findSimilarities(const DenseRows& rows, double perplexity, int threads);

} // namespace ty::engine
