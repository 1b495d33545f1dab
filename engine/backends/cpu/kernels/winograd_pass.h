#pragma once

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine::kernels {

/// A convolution or the gradient of its input, which is one the other way.
struct WinogradPass {
    const float* x = nullptr;
    loops::WinogradWeight weight;
    const float* bias = nullptr; ///< {dst.channels}, or null
    float* y = nullptr;
    loops::WinogradPicture src;
    loops::WinogradPicture dst;
    Activation activation;
};

loops::WinogradPicture winogradPictureOf(const Value& value);

/// Applies an activation that the output's transform cannot apply on its way to the tiles of `block`.
void activateWinogradTiles(
    const loops::WinogradPicture& picture,
    const loops::WinogradBlock& block,
    const loops::ChannelRange& range,
    const Activation& activation,
    float* y);

} // namespace ty::engine::kernels
