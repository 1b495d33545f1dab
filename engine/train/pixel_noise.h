#pragma once

#include <cstdint>
#include <span>

namespace ty::engine {

/// Adds independent noise of the standard deviation `deviation` to each value: sums of four even draws of 16 bits, which are
/// nearly normal (never beyond 3.5 deviations) and cost a nanosecond. The same keys give the same noise.
void addNoise(std::span<float> values, double deviation, std::uint32_t key0, std::uint32_t key1);

} // namespace ty::engine
