#include "engine/data/distribution.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "engine/data/column_statistics.h"

namespace ty::engine {

namespace {
constexpr std::size_t kMostNamed = 12;
}

Json Distribution::toJson() const
{
    return names.empty() ? Json{{"from", from}, {"to", to}, {"counts", counts}}
                         : Json{{"names", names}, {"counts", counts}, {"others", others}};
}

std::string Distribution::toSparkline() const
{
    constexpr std::array<const char*, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const std::uint64_t most = isEmpty() ? 0 : *std::max_element(counts.begin(), counts.end());
    std::string line;
    for (const std::uint64_t count : counts) {
        line += count == 0 ? " " : kBars[static_cast<std::size_t>((kBars.size() - 1) * static_cast<double>(count) / static_cast<double>(most))];
    }
    return line;
}

Distribution distributionOf(const NumberStatistics& statistics)
{
    const ValueHistogram spread = statistics.spread();
    Distribution distribution;
    if (!spread.isEmpty()) {
        distribution.from = spread.from();
        distribution.to = spread.to();
        distribution.counts = spread.counts();
    }
    return distribution;
}

Distribution distributionOf(const std::vector<std::string>& categories, std::span<const std::uint64_t> counts)
{
    std::vector<std::size_t> order(categories.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t i) { return counts[i] == 0; });
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
    Distribution distribution;
    for (std::size_t place = 0; place < order.size(); ++place) {
        if (place < kMostNamed) {
            distribution.names.push_back(categories[order[place]]);
            distribution.counts.push_back(counts[order[place]]);
        } else {
            distribution.others += counts[order[place]];
        }
    }
    return distribution;
}

} // namespace ty::engine
