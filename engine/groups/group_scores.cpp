#include "engine/groups/group_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "engine/base/parallel_ranges.h"
#include "engine/groups/distances.h"

namespace ty::engine {

namespace {

double pairsOf(double count)
{
    return count * (count - 1) / 2;
}

} // namespace

double silhouette(const DenseRows& rows, std::span<const std::uint32_t> groupOf, int threads)
{
    std::map<std::uint32_t, std::size_t> places; // groups in a row from 0
    for (const std::uint32_t group : groupOf) {
        places.emplace(group, places.size());
    }
    const std::size_t groups = places.size();
    if (groups < 2) {
        return 0;
    }
    std::vector<std::size_t> sizes(groups);
    std::vector<std::size_t> placeOf; // {rows}
    placeOf.reserve(groupOf.size());
    for (const std::uint32_t group : groupOf) {
        placeOf.push_back(places[group]);
        ++sizes[placeOf.back()];
    }
    const std::vector<float> lengths = squaredLengths(rows);
    std::vector<double> scores(rows.rows());
    const auto work = [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<float> line(rows.rows());
        for (std::size_t i = first; i < last; ++i) {
            squaredDistances(rows, lengths, i, 1, rows, lengths, line);
            line[i] = 0; // exactly
            std::vector<double> sums(groups);
            for (std::size_t j = 0; j < line.size(); ++j) {
                sums[placeOf[j]] += std::sqrt(static_cast<double>(line[j]));
            }
            const std::size_t own = placeOf[i];
            if (sizes[own] < 2) {
                continue; // alone: 0
            }
            const double within = sums[own] / static_cast<double>(sizes[own] - 1);
            double next = std::numeric_limits<double>::infinity();
            for (std::size_t g = 0; g < groups; ++g) {
                next = g == own ? next : std::min(next, sums[g] / static_cast<double>(sizes[g]));
            }
            const double larger = std::max(within, next);
            scores[i] = larger > 0 ? (next - within) / larger : 0;
        }
        return {};
    };
    (void)parallelRanges(rows.rows(), threads, work); // nothing in it can fail
    double sum = 0;
    for (const double score : scores) {
        sum += score;
    }
    return sum / static_cast<double>(rows.rows());
}

double adjustedRandIndex(std::span<const std::uint32_t> one, std::span<const std::uint32_t> other)
{
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> both;
    std::map<std::uint32_t, double> ofOne;
    std::map<std::uint32_t, double> ofOther;
    for (std::size_t i = 0; i < one.size(); ++i) {
        ++both[{one[i], other[i]}];
        ++ofOne[one[i]];
        ++ofOther[other[i]];
    }
    double together = 0;
    double pairsOne = 0;
    double pairsOther = 0;
    for (const auto& [groups, count] : both) {
        together += pairsOf(count);
    }
    for (const auto& [group, count] : ofOne) {
        pairsOne += pairsOf(count);
    }
    for (const auto& [group, count] : ofOther) {
        pairsOther += pairsOf(count);
    }
    const double all = pairsOf(static_cast<double>(one.size()));
    const double expected = all > 0 ? pairsOne * pairsOther / all : 0;
    const double highest = (pairsOne + pairsOther) / 2;
    return highest == expected ? 1 : (together - expected) / (highest - expected);
}

} // namespace ty::engine
