#include "engine/backends/cpu/kernels/winograd_pass.h"

#include <algorithm>

#include "engine/backends/cpu/loops/elementwise_loops.h"

namespace ty::engine::kernels {

loops::WinogradPicture winogradPictureOf(const Value& value)
{
    return {value.shape[0], value.shape[1], value.shape[2], value.shape[3]};
}

bool isWinogradStrided(const Node& node)
{
    return node.as<ConvolutionAttributes>().stride[0] == 2;
}

void activateWinogradTiles(
    const loops::WinogradPicture& picture,
    const loops::WinogradBlock& block,
    const loops::ChannelRange& range,
    const Activation& activation,
    float* y)
{
    for (std::int64_t tile = 0; tile < block.count; ++tile) {
        const loops::WinogradPlace& place = block.places[tile];
        const std::int64_t height = std::min<std::int64_t>(place.rows, picture.height - place.row);
        const std::int64_t width = std::min<std::int64_t>(place.columns, picture.width - place.column);
        for (std::int64_t c = range.first / 16; c < (range.first + range.count) / 16; ++c) {
            const std::int64_t plane = (place.image * (picture.channels / 16) + c) * picture.height;
            for (std::int64_t i = 0; i < height; ++i) {
                float* values = y + ((plane + place.row + i) * picture.width + place.column) * 16;
                loops::activate(activation, values, values, static_cast<std::size_t>(width * 16));
            }
        }
    }
}

} // namespace ty::engine::kernels
