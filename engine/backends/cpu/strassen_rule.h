#pragma once

#include <cstdint>

#include "engine/graph/layout_plan.h"

namespace ty::engine {

/// Whether our own kernels (loops/strassen.h) can compute a convolution of one pixel, or its input's gradient, and are faster
/// than oneDNN's: a rule of shapes (DECISIONS.md has the measurements), and only on processors with vectors of 16 floats.
/// `from` and `to` are the channels that the product leads from and to.
bool isStrassenFaster(
    const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes, std::int64_t from, std::int64_t to);

/// The same of a weight's gradient; `from`: channels of the picture, `to`: filters.
bool isStrassenGradFaster(
    const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes, std::int64_t from, std::int64_t to);

/// Whether a weight is large beside the caches and the pairs of pixels are few, so that threads share the weight.
bool isStrassenByPanels(std::int64_t pairs, std::int64_t channels, std::int64_t filters);

} // namespace ty::engine
