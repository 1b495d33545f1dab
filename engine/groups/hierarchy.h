#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/groups/density_groups.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

enum class Linkage : std::uint8_t {
    Ward,     ///< the growth of the squared distances within groups
    Average,  ///< the mean distance of members
    Complete, ///< the largest
    Single    ///< the smallest
};

/// Two groups that become one. Rows are the groups 0 to rows - 1; the m-th merge makes group rows + m.
struct Merge {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    double height = 0; ///< distance of the two; of Ward its square root, as scikit-learn and SciPy give it
};

/// Merges the two nearest groups until one is left: {rows - 1}, the lowest first. A distance for each pair of rows is kept.
/// Errors: OutOfMemory for more rows than kMostHierarchyRows; Cancelled when `told` says so.
/// Source: Murtagh, A Survey of Recent Advances in Hierarchical Clustering Algorithms (1983): chains of nearest neighbours.
constexpr std::size_t kMostHierarchyRows = 20'000;
Result<std::vector<Merge>> mergeRows(const DenseRows& rows, Linkage linkage, const ShareTold& told);

/// {rows}: the group of each row when `groups` are left, numbered by their first rows.
std::vector<std::uint32_t> cutHierarchy(const std::vector<Merge>& merges, std::size_t groups);

} // namespace ty::engine
