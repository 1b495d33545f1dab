#pragma once

#include "engine/backends/cpu/kernels/winograd_pass.h"

// Winograd's passes for weights that are large beside the caches (isWinogradByParts). Transformed as a whole, 512 filters of 512 channels take
// 38 MB, which are written and read again for a few tiles. Here the pictures are transformed as a whole, and threads share
// the weight: each transforms parts of it that stay in its cache, for all tiles. The same bits for any number of threads.
namespace ty::engine::kernels {

/// A weight's gradient needs all of its tiles at once: not for more than these.
inline constexpr std::int64_t kWinogradMostTilesByParts = 256;

Kernel winogradByParts(KernelBuilder& builder, const WinogradPass& pass);
Kernel winogradWeightGradByParts(KernelBuilder& builder, const Node& node);

} // namespace ty::engine::kernels
