#include "engine/backends/cpu/kernels/winograd_pass.h"

#include <algorithm>

#include "engine/backends/cpu/loops/elementwise_loops.h"

namespace ty::engine::kernels {

using loops::kWinogradTile;

loops::WinogradPicture winogradPictureOf(const Value& value)
{
    return {value.shape[0], value.shape[1], value.shape[2], value.shape[3]};
}

void activateWinogradTiles(
    const loops::WinogradPicture& picture,
    const loops::WinogradBlock& block,
    const loops::ChannelRange& range,
    const Activation& activation,
    float* y)
{
    const std::int64_t columns = picture.tileColumns();
    for (std::int64_t tile = block.first; tile < block.first + block.count; ++tile) {
        const std::int64_t image = tile / (picture.tileRows() * columns);
        const std::int64_t row = tile / columns % picture.tileRows() * kWinogradTile;
        const std::int64_t column = tile % columns * kWinogradTile;
        const std::int64_t height = std::min(kWinogradTile, picture.height - row);
        const std::int64_t width = std::min(kWinogradTile, picture.width - column);
        for (std::int64_t c = range.first / 16; c < (range.first + range.count) / 16; ++c) {
            const std::int64_t plane = (image * (picture.channels / 16) + c) * picture.height;
            for (std::int64_t i = 0; i < height; ++i) {
                float* values = y + ((plane + row + i) * picture.width + column) * 16;
                loops::activate(activation, values, values, static_cast<std::size_t>(width * 16));
            }
        }
    }
}

} // namespace ty::engine::kernels
