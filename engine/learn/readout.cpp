#include "engine/learn/readout.h"

#include <algorithm>

namespace ty::engine {

namespace {

/// @param share  (row, add) calls add(group, weight) for the groups of a row
template<typename Share>
std::vector<double> readOutBy(const Encoder& encoder, std::size_t groups, std::span<const float> targets, const Share& share)
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
        share(row, [&](std::size_t group, double weight) {
            sums[group * width + place] += weight * value;
            counts[group] += weight;
        });
    }
    for (std::size_t g = 0; g < groups; ++g) {
        for (std::size_t c = 0; c < width; ++c) {
            sums[g * width + c] = (sums[g * width + c] + whole[c]) / (counts[g] + 1);
        }
    }
    return sums;
}

} // namespace

std::vector<double> readOut(
    const Encoder& encoder, std::span<const double> weights, std::size_t groups, std::span<const float> targets)
{
    return readOutBy(encoder, groups, targets, [&](std::size_t row, const auto& add) {
        for (std::size_t g = 0; g < groups; ++g) {
            add(g, weights[row * groups + g]);
        }
    });
}

std::vector<double> readOut(
    const Encoder& encoder, std::span<const std::uint32_t> groupOf, std::size_t groups, std::span<const float> targets)
{
    return readOutBy(encoder, groups, targets, [&](std::size_t row, const auto& add) {
        add(std::min<std::size_t>(groupOf[row], groups - 1), 1.0);
    });
}

} // namespace ty::engine
