#pragma once

#include <functional>
#include <vector>

#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// The directions in which rows differ most.
struct PrincipalComponents {
    std::vector<double> means;     ///< {columns}
    std::vector<double> variances; ///< {components}, the largest first
    std::vector<double> directions; ///< {components, columns}, of length 1, the largest number of each positive
    double totalVariance = 0;       ///< of all columns

    std::size_t components() const { return variances.size(); }
    /// {rows, components}.
    DenseRows project(const DenseRows& rows, int threads) const;
};

/// By the eigenvectors of the covariance (divided by rows - 1). @param most  components to keep
/// @param mayGoOn  asked often, on the calling thread; after a no there are no components
PrincipalComponents findComponents(
    const DenseRows& rows, std::size_t most, int threads, const std::function<bool()>& mayGoOn = {});

} // namespace ty::engine
