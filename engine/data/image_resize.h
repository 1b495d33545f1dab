#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ty::engine {

/// Decoded pixels, {channels, height, width}, 0..255; one channel is grey, three are red, green,
/// blue.
struct Pixels {
    int channels = 0;
    int height = 0;
    int width = 0;
    std::vector<std::uint8_t> bytes;
};

/// Scales to `shape` = {channels, height, width}, sides independently: means over areas where it
/// shrinks, linear interpolation where it grows. Grey becomes three equal channels; colour becomes
/// grey by ITU-R BT.601 luma.
void resizeInto(
    const Pixels& source, const std::array<int, 3>& shape, std::span<std::uint8_t> into);

} // namespace ty::engine
