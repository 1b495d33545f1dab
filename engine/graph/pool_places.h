#pragma once

#include <array>
#include <cstdint>

#include "engine/tensor/tensor.h"

// Where in its window the maximum of a max pool lies: a whole number that its gradient reads.
namespace ty::engine {

/// Places of usual windows fit into a byte, which is a quarter of what the gradient reads else.
inline DType placeType(const std::array<std::int64_t, 2>& kernel)
{
    return kernel[0] <= 256 && kernel[0] * kernel[1] <= 256 ? DType::UInt8 : DType::Int32;
}

/// Whether values of this type are places, which are neither cast nor reordered: nothing else in a graph is whole.
inline bool isPlace(DType dtype)
{
    return dtype == DType::UInt8 || dtype == DType::Int32;
}

} // namespace ty::engine
