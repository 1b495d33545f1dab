#pragma once

#include "engine/graph/layout_plan.h"

namespace ty::engine {

/// Whether our own kernels can compute a convolution of stride 2 by minimal filtering (loops/strided_window.h): float32, up to 4 channels,
/// windows of 5 x 5 to 7 x 7, one group, filters in blocks of 16.
bool isStridedWindowPossible(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes);

/// Whether they are also faster than oneDNN's direct kernels: a rule of shapes (DECISIONS.md has the measurements), and
/// only on processors with vectors of 16 floats. Pictures then are plain, results in blocks of 16, weights plain.
bool isStridedWindowFaster(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes);

} // namespace ty::engine
