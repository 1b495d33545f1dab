#include "engine/groups/neighbours.h"

#include <algorithm>
#include <limits>

#include "engine/base/parallel_ranges.h"
#include "engine/groups/distances.h"

namespace ty::engine {

namespace {

constexpr std::size_t kRowsAtOnce = 16;
constexpr std::size_t kPointsAtOnce = 512; ///< that stay in the processor's cache while the rows meet them

/// The points [first, last) as rows of their own.
DenseRows partOf(const DenseRows& points, std::size_t first, std::size_t last)
{
    DenseRows part(last - first, points.columns());
    for (std::size_t p = first; p < last; ++p) {
        std::copy_n(points.row(p).begin(), points.columns(), part.row(p - first).begin());
    }
    return part;
}

/// Keeps `best` the nearest in order; `one` is nearer than its last.
void insert(Neighbour* best, std::size_t count, const Neighbour& one)
{
    std::size_t at = count - 1;
    for (; at > 0 && one < best[at - 1]; --at) {
        best[at] = best[at - 1];
    }
    best[at] = one;
}

} // namespace

std::vector<Neighbour> nearestPoints(const DenseRows& rows, const DenseRows& points, std::size_t count, int threads)
{
    const Neighbour none{std::numeric_limits<float>::infinity(), std::numeric_limits<std::uint32_t>::max()};
    std::vector<Neighbour> found(rows.rows() * count, none);
    const std::vector<float> rowLengths = squaredLengths(rows);
    for (std::size_t from = 0; from < points.rows(); from += kPointsAtOnce) {
        const DenseRows part = partOf(points, from, std::min(points.rows(), from + kPointsAtOnce));
        const std::vector<float> lengths = squaredLengths(part);
        const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
            std::vector<float> block(kRowsAtOnce * part.rows());
            for (std::size_t at = first; at < last; at += kRowsAtOnce) {
                const std::size_t some = std::min(kRowsAtOnce, last - at);
                squaredDistances(rows, rowLengths, at, some, part, lengths, block);
                for (std::size_t i = 0; i < some; ++i) {
                    Neighbour* const best = found.data() + (at + i) * count;
                    for (std::size_t p = 0; p < part.rows(); ++p) {
                        const Neighbour one{block[i * part.rows() + p], static_cast<std::uint32_t>(from + p)};
                        if (one < best[count - 1]) {
                            insert(best, count, one);
                        }
                    }
                }
            }
            return {};
        };
        (void)parallelRanges(rows.rows(), threads, work); // nothing in it can fail
    }
    return found;
}

} // namespace ty::engine
