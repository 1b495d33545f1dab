#include "engine/train/pixel_noise.h"

#include <cmath>
#include <cstddef>

#include "engine/base/processor_clones.h"
#include "engine/graph/dropout_mask.h"

namespace ty::engine {

namespace {

constexpr std::int32_t kDraws = 4;
constexpr std::int32_t kLargest = 0xFFFF; ///< of a draw

TY_FOR_EACH_PROCESSOR
void addScaled(float* values, std::size_t count, float scale, std::uint32_t key0, std::uint32_t key1)
{
    constexpr std::int32_t kMean = kDraws * kLargest / 2;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const auto place = static_cast<std::uint32_t>(i);
        const std::uint32_t a = mix32(mix32(place + key0) ^ key1);
        const std::uint32_t b = mix32(a + key0);
        const std::uint32_t sum = (a & 0xFFFFU) + (a >> 16U) + (b & 0xFFFFU) + (b >> 16U);
        values[i] += scale * static_cast<float>(static_cast<std::int32_t>(sum) - kMean);
    }
}

} // namespace

void addNoise(std::span<float> values, double deviation, std::uint32_t key0, std::uint32_t key1)
{
    constexpr double kSteps = kLargest + 1.0;
    const double ofSum = std::sqrt(kDraws * (kSteps * kSteps - 1) / 12);
    addScaled(values.data(), values.size(), static_cast<float>(deviation / ofSum), key0, key1);
}

} // namespace ty::engine
