#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace ty::engine {

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
struct SymmetricEigen {
    std::vector<double> values;  ///< {n}
    std::vector<double> vectors; ///< {n, n}: a row an eigenvector
};

/// By Householder reflections and implicit QL steps.
/// Source: Martin, Reinsch, Wilkinson (1968) and Bowdler and others (1968), the procedures tred2 and tql2 of the Handbook for
/// Automatic Computation.
/// @param matrix  {n, n}
/// @param mayGoOn  asked n times on the way down and n times at the end, on the calling thread; after a no, nothing is returned
SymmetricEigen eigenOf(std::vector<double> matrix, std::size_t n, const std::function<bool()>& mayGoOn = {});

} // namespace ty::engine
