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
    constexpr std::int64_t kWindow = 7;
    constexpr std::int64_t kShortestSide = 32;
    const Shape& weight = shapes.weight;
    return isStridedWindowPossible(shapes, attributes) && loops::isWinogradWide() && weight[1] == 3
        && std::min(weight[2], weight[3]) == kWindow
        && std::min(shapes.result[2], shapes.result[3]) >= kShortestSide;
}

} // namespace ty::engine
