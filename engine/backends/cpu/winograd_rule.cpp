#include "engine/backends/cpu/winograd_rule.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine {

bool isWinogradPossible(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes)
{
    using Pair = std::array<std::int64_t, 2>;
    constexpr std::int64_t kBlock = 16;
    const Shape& weight = shapes.weight;
    return attributes.groups == 1
        && (attributes.stride == Pair{1, 1} || attributes.stride == Pair{2, 2})
        && attributes.dilation == Pair{1, 1} && attributes.padding == std::array<std::int64_t, 4>{1, 1, 1, 1}
        && weight[2] == 3 && weight[3] == 3 && weight[0] % kBlock == 0 && weight[1] % kBlock == 0;
}

bool isWinogradFaster(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes)
{
    return isWinogradFaster(shapes, attributes, hasTiles());
}

bool isWinogradFaster(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes, bool hasTiles)
{
    if (!isWinogradPossible(shapes, attributes) || !loops::isWinogradWide()) {
        return false;
    }
    // Vectors multiply bfloat16 twice as fast as float32. That is more than stride 2 saves; tiles are faster still.
    if (shapes.dtype == DType::BFloat16 && (hasTiles || attributes.stride[0] != 1)) {
        return false;
    }
    const loops::WinogradPicture results{shapes.result[0], shapes.result[1], shapes.result[2], shapes.result[3]};
    if (attributes.stride[0] == 2) {
        // 81 products for 144, or 49 for 81, and more to transform: for many channels alone.
        constexpr std::int64_t kFewestWeights = 128 * 128;
        constexpr std::int64_t kShortestSide = 7;
        constexpr std::int64_t kWeightsPerTile = 16'384;
        const std::int64_t weights = shapes.weight[0] * shapes.weight[1];
        return weights >= kFewestWeights && std::min(results.height, results.width) >= kShortestSide
            && results.tiles() * kWeightsPerTile >= weights;
    }
    // Tiles at the edges compute pixels that are not there; half of the direct sum's products is where it still pays.
    constexpr std::int64_t kPixelsPerTile = 8;
    // Weights are transformed once for all tiles; by parts they do not pass memory on their way.
    constexpr std::int64_t kLeastTiles = 8;
    const std::int64_t weightsPerTile = isWinogradByParts(shapes.weight[1], shapes.weight[0]) ? 16'384 : 4'096;
    const loops::WinogradPicture picture{shapes.input[0], shapes.input[1], shapes.input[2], shapes.input[3]};
    const std::int64_t tiles = picture.tiles();
    return picture.tileRows() * picture.tileColumns() * kPixelsPerTile <= picture.height * picture.width
        && tiles >= kLeastTiles && tiles * weightsPerTile >= shapes.weight[0] * shapes.weight[1];
}

bool isWinogradByParts(std::int64_t channels, std::int64_t filters)
{
    constexpr std::int64_t kLargeWeight = 256 * 256;
    return channels * filters >= kLargeWeight;
}

dnnl::memory::desc winogradWeightDesc(const Shape& weight)
{
    return {weight, dnnl::memory::data_type::f32, dnnl::memory::format_tag::OIhw16i16o};
}

} // namespace ty::engine
