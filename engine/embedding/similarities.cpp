#include "engine/embedding/similarities.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "engine/base/parallel_ranges.h"
#include "engine/groups/neighbours.h"

namespace ty::engine {

namespace {

constexpr int kMostHalvings = 64;
constexpr double kAsGood = 1e-5; ///< of an entropy, in nats

/// Probabilities of a row's neighbours, by their squared distances.
void fillRow(std::span<const Neighbour> near, double wantedEntropy, std::span<float> into)
{
    const double nearest = static_cast<double>(near.front().distance); // taken off, so that nothing becomes 0
    double precision = 1;
    double low = 0;
    double high = 0; // 0: none is known
    std::vector<double> weights(near.size());
    double sum = 1;
    for (int round = 0; round < kMostHalvings; ++round) {
        sum = 0;
        double mean = 0;
        for (std::size_t i = 0; i < near.size(); ++i) {
            const double distance = static_cast<double>(near[i].distance) - nearest;
            weights[i] = std::exp(-distance * precision);
            sum += weights[i];
            mean += distance * weights[i];
        }
        const double entropy = std::log(sum) + precision * mean / sum;
        if (std::abs(entropy - wantedEntropy) < kAsGood) {
            break;
        }
        if (entropy > wantedEntropy) {
            low = precision;
            precision = high > 0 ? (low + high) / 2 : precision * 2;
        } else {
            high = precision;
            precision = (low + high) / 2;
        }
    }
    for (std::size_t i = 0; i < near.size(); ++i) {
        into[i] = static_cast<float>(weights[i] / sum);
    }
}

} // namespace

Similarities findSimilarities(const DenseRows& rows, double perplexity, int threads)
{
    const std::size_t count = rows.rows();
    Similarities made;
    made.starts.assign(count + 1, 0);
    if (count < 2) {
        return made;
    }
    const std::size_t width = std::min(count - 1, static_cast<std::size_t>(3 * perplexity));
    std::vector<Neighbour> near = nearestPoints(rows, rows, width + 1, threads);
    std::vector<float> values(count * width);
    (void)parallelRanges(count, threads, [&](std::size_t first, std::size_t last) -> Result<void> {
        for (std::size_t i = first; i < last; ++i) {
            // The row itself is among its nearest; of many equal rows perhaps not.
            Neighbour* const begin = near.data() + i * (width + 1);
            Neighbour* const self = std::find_if(begin, begin + width, [i](const Neighbour& one) { return one.point == i; });
            std::rotate(self, self + 1, begin + width + 1);
            for (std::size_t n = 0; n < width; ++n) {
                begin[n].distance = std::max(0.0F, begin[n].distance);
            }
            fillRow({begin, width}, std::log(std::min(perplexity, static_cast<double>(width))), std::span(values).subspan(i * width, width));
        }
        return {};
    });
    // Each pair in both rows: what one and what the other says.
    std::vector<std::vector<std::pair<std::uint32_t, float>>> lists(count);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t n = 0; n < width; ++n) {
            const std::uint32_t other = near[i * (width + 1) + n].point;
            const float value = values[i * width + n] / (2 * static_cast<float>(count));
            lists[i].emplace_back(other, value);
            lists[other].emplace_back(static_cast<std::uint32_t>(i), value);
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        auto& list = lists[i];
        std::sort(list.begin(), list.end());
        for (const auto& [other, value] : list) {
            const bool isSame = made.others.size() > made.starts[i] && made.others.back() == other;
            if (isSame) {
                made.values.back() += value;
            } else {
                made.others.push_back(other);
                made.values.push_back(value);
            }
        }
        made.starts[i + 1] = made.others.size();
    }
    return made;
}

} // namespace ty::engine
