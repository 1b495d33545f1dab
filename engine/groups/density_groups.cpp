#include "engine/groups/density_groups.h"

#include <algorithm>
#include <utility>

#include "engine/base/parallel_ranges.h"
#include "engine/groups/distances.h"
#include "engine/groups/union_find.h"

namespace ty::engine {

namespace {

constexpr std::size_t kRowsAtOnce = 256; ///< that meet all others before the next

/// Neighbours of the rows of a block, row by row.
class Blocks {
public:
    Blocks(const DenseRows& rows, double reach, int threads)
        : m_rows(rows), m_lengths(squaredLengths(rows)), m_reach(static_cast<float>(reach * reach)), m_threads(threads)
    {
    }

    /// The neighbours of the rows [first, first + result.size()), themselves among them.
    std::vector<std::vector<std::uint32_t>> neighbours(std::size_t first) const
    {
        std::vector<std::vector<std::uint32_t>> found(std::min(kRowsAtOnce, m_rows.rows() - first));
        const auto work = [&](std::size_t from, std::size_t to) -> Result<void> {
            std::vector<float> line(m_rows.rows());
            for (std::size_t i = from; i < to; ++i) {
                squaredDistances(m_rows, m_lengths, first + i, 1, m_rows, m_lengths, line);
                for (std::size_t j = 0; j < line.size(); ++j) {
                    if (line[j] <= m_reach || j == first + i) {
                        found[i].push_back(static_cast<std::uint32_t>(j));
                    }
                }
            }
            return {};
        };
        (void)parallelRanges(found.size(), m_threads, work); // nothing in it can fail
        return found;
    }

private:
    const DenseRows& m_rows;
    std::vector<float> m_lengths;
    float m_reach;
    int m_threads;
};

Result<void> goOn(const ShareTold& told, double share)
{
    TY_TRY(const bool goesOn, told(share));
    if (!goesOn) {
        return Error{ErrorKind::Cancelled, "the groups were not finished", {}};
    }
    return {};
}

} // namespace

Result<DensityGroups> findDensityGroups(
    const DenseRows& rows, double reach, std::size_t fewest, int threads, const ShareTold& told)
{
    const std::size_t count = rows.rows();
    const Blocks blocks(rows, reach, threads);
    DensityGroups made;
    made.isCore.resize(count);
    for (std::size_t first = 0; first < count; first += kRowsAtOnce) {
        const auto found = blocks.neighbours(first);
        for (std::size_t i = 0; i < found.size(); ++i) {
            made.isCore[first + i] = found[i].size() >= fewest;
        }
        TY_CHECK(goOn(told, 0.5 * static_cast<double>(first + found.size()) / static_cast<double>(count)));
    }
    UnionFind sets(count);
    std::vector<std::vector<std::uint32_t>> coresOf(count); // of rows that are no core, which are few
    for (std::size_t first = 0; first < count; first += kRowsAtOnce) {
        const auto found = blocks.neighbours(first);
        for (std::size_t i = 0; i < found.size(); ++i) {
            for (const std::uint32_t other : found[i]) {
                if (!made.isCore[other]) {
                    continue;
                }
                if (made.isCore[first + i]) {
                    const std::uint32_t a = sets.rootOf(static_cast<std::uint32_t>(first + i));
                    const std::uint32_t b = sets.rootOf(other);
                    sets.setRoot(std::max(a, b), std::min(a, b)); // the root is the first core row of its group
                } else {
                    coresOf[first + i].push_back(other);
                }
            }
        }
        TY_CHECK(goOn(told, 0.5 + 0.5 * static_cast<double>(first + found.size()) / static_cast<double>(count)));
    }
    made.groupOf.assign(count, DensityGroups::kNoise);
    std::vector<std::uint32_t> numberOf(count, DensityGroups::kNoise);
    for (std::size_t i = 0; i < count; ++i) {
        if (made.isCore[i]) {
            std::uint32_t& number = numberOf[sets.rootOf(static_cast<std::uint32_t>(i))];
            if (number == DensityGroups::kNoise) {
                number = static_cast<std::uint32_t>(made.groups++);
            }
            made.groupOf[i] = number;
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        for (const std::uint32_t core : coresOf[i]) { // a row between two groups belongs to the one that was found first
            made.groupOf[i] = std::min(made.groupOf[i], made.groupOf[core]);
        }
    }
    return made;
}

} // namespace ty::engine
