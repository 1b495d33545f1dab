#include "engine/backends/cpu/kernels/winograd_pass.h"

#include <algorithm>
#include <array>

#include "engine/backends/cpu/loops/elementwise_loops.h"

namespace ty::engine::kernels {

namespace {

void activateWinogradRow(const Activation& activation, std::size_t count, float* values)
{
    loops::activate(activation, values, values, count);
}

void activateWinogradRow(const Activation& activation, std::size_t count, BFloat16* values)
{
    std::array<float, loops::kWinogradTile * 16> row; // written before it is read
    loops::convert(values, row.data(), count);
    loops::activate(activation, row.data(), row.data(), count);
    loops::convert(row.data(), values, count);
}

/// Applies an activation that the output's transform cannot apply on its way to the tiles of `block`. Not of a gradient.
template<typename T>
void activateWinogradTiles(
    const loops::WinogradPicture& picture,
    const loops::WinogradBlock& block,
    const loops::ChannelRange& range,
    const Activation& activation,
    T* y)
{
    for (std::int64_t tile = 0; tile < block.count; ++tile) {
        const loops::WinogradPlace& place = block.places[tile];
        const std::int64_t height = std::min<std::int64_t>(place.rows, picture.height - place.row);
        const std::int64_t width = std::min<std::int64_t>(place.columns, picture.width - place.column);
        for (std::int64_t c = range.first / 16; c < (range.first + range.count) / 16; ++c) {
            const std::int64_t plane = (place.image * (picture.channels / 16) + c) * picture.height;
            for (std::int64_t i = 0; i < height; ++i) {
                T* values = y + ((plane + place.row + i) * picture.width + place.column) * 16;
                activateWinogradRow(activation, static_cast<std::size_t>(width * 16), values);
            }
        }
    }
}

} // namespace

void WinogradPass::transformOutput(
    const loops::WinogradBlock& block, const loops::ChannelRange& range, const float* m) const
{
    const bool isRelu = activation.kind == ActivationKind::Relu;
    y.visit([&](auto* pixels) {
        loops::winogradOutput(dst, block, range, m, bias, isRelu, pixels);
        if (!isRelu && activation.kind != ActivationKind::None) {
            activateWinogradTiles(dst, block, range, activation, pixels);
        }
    });
}

loops::WinogradPicture winogradPictureOf(const Value& value)
{
    return {value.shape[0], value.shape[1], value.shape[2], value.shape[3]};
}

bool isWinogradStrided(const Node& node)
{
    return node.as<ConvolutionAttributes>().stride[0] == 2;
}

} // namespace ty::engine::kernels
