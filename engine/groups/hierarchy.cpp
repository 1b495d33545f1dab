#include "engine/groups/hierarchy.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/groups/distances.h"
#include "engine/groups/union_find.h"

namespace ty::engine {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Distances of all pairs: squared for Ward.
class Pairs {
public:
    Pairs(const DenseRows& rows, Linkage linkage)
        : m_count(rows.rows()), m_linkage(linkage), m_distances(m_count * m_count), m_sizes(m_count, 1)
    {
        const std::vector<float> lengths = squaredLengths(rows);
        for (std::size_t i = 0; i < m_count; ++i) {
            const auto line = std::span(m_distances).subspan(i * m_count, m_count);
            squaredDistances(rows, lengths, i, 1, rows, lengths, line);
            if (linkage != Linkage::Ward) {
                std::transform(line.begin(), line.end(), line.begin(), [](float square) { return std::sqrt(square); });
            }
        }
    }

    float of(std::size_t a, std::size_t b) const { return m_distances[a * m_count + b]; }
    bool isThere(std::size_t group) const { return m_sizes[group] > 0; }
    double height(std::size_t a, std::size_t b) const
    {
        const auto distance = static_cast<double>(of(a, b));
        return m_linkage == Linkage::Ward ? std::sqrt(distance) : distance;
    }
    /// `a` becomes a part of `b`. Source: Lance, Williams, A General Theory of Classificatory Sorting Strategies (1967).
    void merge(std::size_t a, std::size_t b)
    {
        const double sizeA = m_sizes[a];
        const double sizeB = m_sizes[b];
        const double between = static_cast<double>(of(a, b));
        for (std::size_t k = 0; k < m_count; ++k) {
            if (k == a || k == b || !isThere(k)) {
                continue;
            }
            const auto fromA = static_cast<double>(of(a, k));
            const auto fromB = static_cast<double>(of(b, k));
            const double size = m_sizes[k];
            double next = 0;
            switch (m_linkage) {
            case Linkage::Ward:
                next = ((sizeA + size) * fromA + (sizeB + size) * fromB - size * between) / (sizeA + sizeB + size);
                break;
            case Linkage::Average:
                next = (sizeA * fromA + sizeB * fromB) / (sizeA + sizeB);
                break;
            case Linkage::Complete:
                next = std::max(fromA, fromB);
                break;
            case Linkage::Single:
                next = std::min(fromA, fromB);
                break;
            }
            m_distances[b * m_count + k] = static_cast<float>(next);
            m_distances[k * m_count + b] = static_cast<float>(next);
        }
        m_sizes[b] += m_sizes[a];
        m_sizes[a] = 0;
    }

private:
    std::size_t m_count;
    Linkage m_linkage;
    std::vector<float> m_distances;
    std::vector<int> m_sizes;
};

/// The nearest group of `from`, `preferred` among equal ones.
std::uint32_t nearestGroup(const Pairs& pairs, std::size_t count, std::uint32_t from, std::uint32_t preferred)
{
    std::uint32_t best = preferred;
    float least = preferred == kNone ? std::numeric_limits<float>::infinity() : pairs.of(from, preferred);
    for (std::uint32_t other = 0; other < count; ++other) {
        if (other != from && pairs.isThere(other) && (best == kNone || pairs.of(from, other) < least)) {
            least = pairs.of(from, other);
            best = other;
        }
    }
    return best;
}

/// From pairs of rows, one of each group, to numbers of groups, the lowest merge first.
std::vector<Merge> inOrder(std::vector<Merge> merges)
{
    std::stable_sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) { return a.height < b.height; });
    const std::size_t count = merges.size() + 1;
    UnionFind sets(2 * count);
    for (std::size_t m = 0; m < merges.size(); ++m) {
        const std::uint32_t a = sets.rootOf(merges[m].first);
        const std::uint32_t b = sets.rootOf(merges[m].second);
        merges[m].first = std::min(a, b);
        merges[m].second = std::max(a, b);
        sets.setRoot(a, static_cast<std::uint32_t>(count + m));
        sets.setRoot(b, static_cast<std::uint32_t>(count + m));
    }
    return merges;
}

} // namespace

Result<std::vector<Merge>> mergeRows(const DenseRows& rows, Linkage linkage, const ShareTold& told)
{
    const std::size_t count = rows.rows();
    if (count > kMostHierarchyRows) {
        return Error{
            ErrorKind::OutOfMemory,
            fmt::format("{} rows are more than the {} whose distances from one another are kept", count, kMostHierarchyRows),
            "Take k-means, or fewer rows."};
    }
    Pairs pairs(rows, linkage);
    std::vector<Merge> merges;
    std::vector<std::uint32_t> chain;
    while (merges.size() + 1 < count) {
        if (chain.empty()) {
            std::uint32_t first = 0;
            while (!pairs.isThere(first)) {
                ++first;
            }
            chain.push_back(first);
        }
        const std::uint32_t before = chain.size() > 1 ? chain[chain.size() - 2] : kNone;
        const std::uint32_t last = chain.back();
        const std::uint32_t next = nearestGroup(pairs, count, last, before);
        if (next != before) {
            chain.push_back(next);
            continue;
        }
        merges.push_back({last, next, pairs.height(last, next)}); // each is the other's nearest
        pairs.merge(last, next);
        chain.resize(chain.size() - 2);
        if (merges.size() % 256 == 0) {
            TY_TRY(const bool goesOn, told(static_cast<double>(merges.size()) / static_cast<double>(count)));
            if (!goesOn) {
                return Error{ErrorKind::Cancelled, "the hierarchy was not finished", {}};
            }
        }
    }
    return inOrder(std::move(merges));
}

std::vector<std::uint32_t> cutHierarchy(const std::vector<Merge>& merges, std::size_t groups)
{
    const std::size_t count = merges.size() + 1;
    UnionFind sets(2 * count);
    for (std::size_t m = 0; m + groups < count; ++m) {
        sets.setRoot(merges[m].first, static_cast<std::uint32_t>(count + m));
        sets.setRoot(merges[m].second, static_cast<std::uint32_t>(count + m));
    }
    std::vector<std::uint32_t> numberOf(2 * count, kNone);
    std::vector<std::uint32_t> groupOf(count);
    std::uint32_t next = 0;
    for (std::uint32_t row = 0; row < count; ++row) {
        std::uint32_t& number = numberOf[sets.rootOf(row)];
        number = number == kNone ? next++ : number;
        groupOf[row] = number;
    }
    return groupOf;
}

} // namespace ty::engine
