#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/graph/op.h"

namespace ty::engine {

/// A well mixed number for each counter. Source: Wellons, hash-prospector "lowbias32" (2018).
constexpr std::uint32_t mix32(std::uint32_t x)
{
    x ^= x >> 16U;
    x *= 0x7feb352dU;
    x ^= x >> 15U;
    x *= 0x846ca68bU;
    x ^= x >> 16U;
    return x;
}

/// Which elements a dropout layer drops in one step. It depends on the element's number alone, so that the gradient
/// makes the mask again, a resumed run makes the same, and any split over threads agrees.
struct DropoutMask {
    std::uint32_t key0 = 0;
    std::uint32_t key1 = 0;
    std::uint32_t threshold = 0; ///< numbers below it drop the element
    float scale = 1;             ///< of the kept
};

/// The keys belong to the step.
inline DropoutMask dropoutMask(const DropoutAttributes& settings, std::uint32_t key0, std::uint32_t key1)
{
    DropoutMask mask;
    mask.key0 = key0 ^ mix32(settings.stream + 1);
    mask.key1 = key1;
    mask.threshold = static_cast<std::uint32_t>(settings.rate * 4294967296.0);
    mask.scale = static_cast<float>(1.0 / (1.0 - settings.rate));
    return mask;
}

/// `index`: of the element in memory, so in blocked pictures not that of the plain order.
inline bool isDropped(const DropoutMask& mask, std::size_t index)
{
    const auto low = static_cast<std::uint32_t>(index);
    const auto high = static_cast<std::uint32_t>(index >> 32U);
    return mix32(mix32(low + mask.key0) ^ (mask.key1 + high)) < mask.threshold;
}

} // namespace ty::engine
