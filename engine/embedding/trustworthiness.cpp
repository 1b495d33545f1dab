#include "engine/embedding/trustworthiness.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/parallel_ranges.h"

namespace ty::engine {

namespace {

float squaredWay(std::span<const float> a, std::span<const float> b)
{
    float sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
}

} // namespace

double trustworthiness(const DenseRows& rows, std::span<const float> places, std::size_t neighbours, int threads)
{
    const std::size_t count = rows.rows();
    std::vector<double> faults(count);
    (void)parallelRanges(count, threads, [&](std::size_t first, std::size_t last) -> Result<void> {
        std::vector<float> distances(count);
        std::vector<std::pair<float, std::size_t>> near(count);
        for (std::size_t i = first; i < last; ++i) {
            for (std::size_t j = 0; j < count; ++j) {
                distances[j] = squaredWay(rows.row(i), rows.row(j));
                near[j] = {j == i ? -1.0F : squaredWay(places.subspan(2 * i, 2), places.subspan(2 * j, 2)), j};
            }
            std::nth_element(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(neighbours), near.end());
            for (std::size_t n = 0; n <= neighbours; ++n) {
                const std::size_t j = near[n].second;
                if (j == i) {
                    continue;
                }
                std::size_t rank = 1; // among the rows, without the row itself
                for (std::size_t other = 0; other < count; ++other) {
                    const bool isNearer = distances[other] < distances[j] || (distances[other] == distances[j] && other < j);
                    rank += isNearer && other != i ? 1 : 0;
                }
                faults[i] += rank > neighbours ? static_cast<double>(rank - neighbours) : 0;
            }
        }
        return {};
    });
    double all = 0;
    for (const double one : faults) {
        all += one;
    }
    const auto n = static_cast<double>(count);
    const auto k = static_cast<double>(neighbours);
    return 1 - all * 2 / (n * k * (2 * n - 3 * k - 1));
}

} // namespace ty::engine
