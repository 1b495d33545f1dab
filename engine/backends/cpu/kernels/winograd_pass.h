#pragma once

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine::kernels {

/// A convolution or the gradient of its input, which (of stride 1) is one the other way.
struct WinogradPass {
    loops::WinogradKind kind = loops::WinogradKind::Same;
    const float* x = nullptr;
    loops::WinogradWeight weight;
    const float* bias = nullptr; ///< {dst.channels}, or null
    float* y = nullptr;
    loops::WinogradPicture src;
    loops::WinogradPicture dst;
    Activation activation;

    bool isStrided() const { return kind != loops::WinogradKind::Same; }
    /// The pictures that the tiles share out.
    const loops::WinogradPicture& results() const { return kind == loops::WinogradKind::StridedGrad ? src : dst; }
};

loops::WinogradPicture winogradPictureOf(const Value& value);

/// Whether the node is, or belongs to, a convolution of stride 2.
bool isWinogradStrided(const Node& node);

/// Applies an activation that the output's transform cannot apply on its way to the tiles of `block`. Not of a gradient.
void activateWinogradTiles(
    const loops::WinogradPicture& picture,
    const loops::WinogradBlock& block,
    const loops::ChannelRange& range,
    const Activation& activation,
    float* y);

} // namespace ty::engine::kernels
