#pragma once

#include <cstddef>
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
SymmetricEigen eigenOf(std::vector<double> matrix, std::size_t n);

} // namespace ty::engine
