#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/graph/layout_plan.h"

namespace ty::engine {

/// Whether our own kernels can compute a convolution and its gradients: windows of 3 x 3 at every pixel or every second, one
/// group, channels and filters in blocks of 16. Pictures may be in either format.
bool isWinogradPossible(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes);

/// Whether they are also faster than oneDNN's direct kernels: a rule of shapes (DECISIONS.md has the measurements), and
/// only on processors with vectors of 16 floats. Of bfloat16, also than the library's on bfloat16: not with stride 2, and not
/// where tiles multiply it (`hasTiles`).
bool isWinogradFaster(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes);
bool isWinogradFaster(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes, bool hasTiles);

/// Whether a weight of so many channels and filters is large beside the caches, so that its parts are transformed where
/// they are used.
bool isWinogradByParts(std::int64_t channels, std::int64_t filters);

/// The layout in which they read a weight and write its gradient. Throws dnnl::error.
dnnl::memory::desc winogradWeightDesc(const Shape& weight);

} // namespace ty::engine
