#include "engine/learn/readout.h"

#include <algorithm>

namespace ty::engine {

std::vector<double> readOut(
    const Encoder& encoder, std::span<const double> weights, std::size_t groups, std::span<const float> targets)
{
    const bool areClasses = encoder.task() == Task::Classification;
    const std::size_t width = areClasses ? encoder.classes().size() : 1;
    std::vector<double> whole(width);
    std::vector<double> sums(groups * width);
    std::vector<double> counts(groups);
    for (std::size_t row = 0; row < targets.size(); ++row) {
        const std::size_t place = areClasses ? static_cast<std::size_t>(targets[row]) : 0;
        const double value = areClasses ? 1.0 : static_cast<double>(targets[row]);
        whole[place] += value / static_cast<double>(targets.size());
        for (std::size_t g = 0; g < groups; ++g) {
            const double weight = weights[row * groups + g];
            sums[g * width + place] += weight * value;
            counts[g] += weight;
        }
    }
    for (std::size_t g = 0; g < groups; ++g) {
        for (std::size_t c = 0; c < width; ++c) {
            sums[g * width + c] = (sums[g * width + c] + whole[c]) / (counts[g] + 1);
        }
    }
    return sums;
}

std::vector<double> readOut(
    const Encoder& encoder, std::span<const std::uint32_t> groupOf, std::size_t groups, std::span<const float> targets)
{
    std::vector<double> weights(groupOf.size() * groups);
    for (std::size_t row = 0; row < groupOf.size(); ++row) {
        weights[row * groups + std::min<std::size_t>(groupOf[row], groups - 1)] = 1;
    }
    return readOut(encoder, weights, groups, targets);
}

} // namespace ty::engine
