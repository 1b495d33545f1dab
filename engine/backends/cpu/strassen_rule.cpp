#include "engine/backends/cpu/strassen_rule.h"

#include <array>

#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine {

namespace {

/// Pairs of pixels of two images each.
std::int64_t pairsOf(const ConvolutionShapes& shapes)
{
    return shapes.input[0] / 2 * shapes.result[2] * shapes.result[3];
}

} // namespace

bool isStrassenGradFaster(
    const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes, std::int64_t from, std::int64_t to)
{
    using Pair = std::array<std::int64_t, 2>;
    // Halves of channels are whole pairs of blocks of 16.
    constexpr std::int64_t kChannels = 64;
    // Shorter sums leave the registers too often.
    constexpr std::int64_t kFewestFrom = 128;
    constexpr std::int64_t kFewestPairs = 98;
    const bool isPossible = shapes.dtype == DType::Float32 && attributes.groups == 1
        && (attributes.stride == Pair{1, 1} || attributes.stride == Pair{2, 2})
        && attributes.padding == std::array<std::int64_t, 4>{} && shapes.weight[2] == 1 && shapes.weight[3] == 1
        && from % kChannels == 0 && to % kChannels == 0 && shapes.input[0] % 2 == 0
        && (attributes.activation.kind == ActivationKind::None || attributes.activation.kind == ActivationKind::Relu);
    return isPossible && from >= kFewestFrom && pairsOf(shapes) >= kFewestPairs && loops::isWinogradWide();
}

bool isStrassenFaster(
    const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes, std::int64_t from, std::int64_t to)
{
    // Panels of longer sums leave the caches.
    constexpr std::int64_t kMostByPanels = 1024;
    return isStrassenGradFaster(shapes, attributes, from, to)
        && (from <= kMostByPanels || !isStrassenByPanels(pairsOf(shapes), from, to));
}

bool isStrassenByPanels(std::int64_t pairs, std::int64_t channels, std::int64_t filters)
{
    constexpr std::int64_t kFewPairs = 256;
    constexpr std::int64_t kLargeWeight = 512 * 512;
    return pairs <= kFewPairs && channels * filters >= kLargeWeight;
}

} // namespace ty::engine
