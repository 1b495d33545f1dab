#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

/// Rows in dense places, and those between them.
struct DensityGroups {
    static constexpr std::uint32_t kNoise = 0xffffffffU;
    std::vector<std::uint32_t> groupOf; ///< {rows}; kNoise: of no group
    std::vector<bool> isCore;           ///< {rows}: at least as many neighbours as asked for, itself among them
    std::size_t groups = 0;             ///< numbered by their first core row
};

/// Told of the share that is done. False: no further, nothing is made.
using ShareTold = std::function<Result<bool>(double share)>;

/// DBSCAN. Every pair of rows is looked at twice; memory for a number a row.
/// @param reach  distance up to which rows are neighbours, @param fewest  neighbours of a core row
/// Errors: Cancelled when `told` says so.
/// Source: Ester, Kriegel, Sander, Xu, A Density-Based Algorithm for Discovering Clusters (KDD 1996).
Result<DensityGroups> findDensityGroups(
    const DenseRows& rows, double reach, std::size_t fewest, int threads, const ShareTold& told);

} // namespace ty::engine
