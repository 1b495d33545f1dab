#pragma once

#include <cstdint>
#include <functional>

#include "engine/graph/graph.h"

namespace ty::engine {

/// The shapes of one convolution, the same for its forward node and its two gradient nodes.
struct ConvolutionShapes {
    Shape input;
    Shape weight;
    Shape result;
    DType dtype = DType::Float32; ///< of what the convolution multiplies
};

/// Precondition: a node of one of the three kinds.
ConvolutionShapes convolutionShapes(const Graph& graph, const Node& node);

/// Channel blocks (see Value::channelBlock) that a backend's convolution wants to read and write.
struct ConvolutionLayout {
    std::int64_t inputBlock = 1;
    std::int64_t resultBlock = 1;
};

using LayoutChooser = std::function<ConvolutionLayout(const ConvolutionShapes&, const ConvolutionAttributes&)>;

/// Gives every picture a layout: convolutions decide, the ops between them follow, and Reorder nodes stand only where
/// two meet. So blocked pictures live from the first convolution to the last, forwards and backwards.
Graph planLayouts(const Graph& graph, const LayoutChooser& choose);

/// Layouts that are the same order of elements become one: 1 where a picture is one pixel or one channel.
std::int64_t canonicalBlock(const Shape& shape, std::int64_t block);

} // namespace ty::engine
