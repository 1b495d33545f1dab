#include "engine/backends/cpu/strided_window_rule.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/backends/cpu/loops/strided_window.h"
#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine {

bool isStridedWindowPossible(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes)
{
    using Pair = std::array<std::int64_t, 2>;
    constexpr std::int64_t kBlock = 16;
    constexpr std::int64_t kSmallest = 5;
    constexpr std::int64_t kLargest = 7;
    const Shape& weight = shapes.weight;
    const auto [shortest, longest] = std::minmax(weight[2], weight[3]);
    return shapes.dtype == DType::Float32 && attributes.groups == 1 && attributes.stride == Pair{2, 2}
        && attributes.dilation == Pair{1, 1} && shortest >= kSmallest && longest <= kLargest
        && weight[0] % kBlock == 0 && weight[1] <= loops::kStridedWindowMostChannels;
}

bool isStridedWindowFaster(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes)
{
    if (!isStridedWindowPossible(shapes, attributes) || !loops::isWinogradWide()) {
        return false;
    }
    // Products are those of 7 x 7 whatever the window, and few channels have little to multiply beside the transforms.
    const std::int64_t channels = shapes.weight[1];
    const std::int64_t smallestWindow = channels == 1 ? 7 : 6;
    const std::int64_t shortestSide = channels < 3 ? 32 : 16;
    return std::min(shapes.weight[2], shapes.weight[3]) >= smallestWindow
        && std::min(shapes.result[2], shapes.result[3]) >= shortestSide;
}

} // namespace ty::engine
