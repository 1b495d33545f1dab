#include "engine/train/augment.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "engine/train/pixel_noise.h"

namespace ty::engine {

namespace {

/// Where a pixel of the new picture comes from in the old one, about the centre.
struct Mapping {
    double xx = 1;
    double xy = 0;
    double yx = 0;
    double yy = 1;
    double shiftX = 0;
    double shiftY = 0;
};

Mapping drawMapping(const Augmentation& augmentation, std::int64_t height, std::int64_t width, Random& random)
{
    // Every number is drawn, used or not, so that switching one kind on leaves the others as they were.
    const double angle = random.uniform(-1, 1) * augmentation.rotate * std::numbers::pi / 180;
    const double factor = std::exp(random.uniform(-1, 1) * std::log1p(augmentation.scale));
    const double shiftX = random.uniform(-1, 1) * augmentation.shift * static_cast<double>(width);
    const double shiftY = random.uniform(-1, 1) * augmentation.shift * static_cast<double>(height);
    const double mirror = random.uniform() < 0.5 && augmentation.isFlipped ? -1 : 1;
    Mapping mapping;
    mapping.xx = mirror * std::cos(angle) / factor;
    mapping.xy = mirror * std::sin(angle) / factor;
    mapping.yx = -std::sin(angle) / factor;
    mapping.yy = std::cos(angle) / factor;
    mapping.shiftX = shiftX;
    mapping.shiftY = shiftY;
    return mapping;
}

/// New values: contrast times the distance from the mean, on which brightness comes, and the channels apart by saturation.
struct ColourChange {
    double brightness = 0;
    double contrast = 1;
    double saturation = 1;
};

ColourChange drawColourChange(double amount, Random& random)
{
    ColourChange change;
    change.brightness = random.uniform(-1, 1) * amount;
    change.contrast = std::exp(random.uniform(-1, 1) * std::log1p(amount));
    change.saturation = std::exp(random.uniform(-1, 1) * std::log1p(amount));
    return change;
}

void changeColours(const ColourChange& change, std::span<float> chw, std::size_t channels)
{
    const std::size_t plane = chw.size() / channels;
    double total = 0;
    for (const float value : chw) {
        total += static_cast<double>(value);
    }
    const double mean = total / static_cast<double>(chw.size());
    const auto contrast = static_cast<float>(change.contrast);
    const auto offset = static_cast<float>(mean * (1 - change.contrast) + change.brightness);
    const auto saturation = static_cast<float>(change.saturation);
    for (std::size_t i = 0; i < plane; ++i) {
        float grey = 0;
        for (std::size_t c = 0; c < channels; ++c) {
            grey += chw[c * plane + i];
        }
        grey /= static_cast<float>(channels);
        for (std::size_t c = 0; c < channels; ++c) {
            float& value = chw[c * plane + i];
            value = (grey + (value - grey) * saturation) * contrast + offset;
        }
    }
}

struct Sampler {
    std::int64_t height = 0;
    std::int64_t width = 0;

    float at(const float* plane, double x, double y) const
    {
        const double cx = std::clamp(x, 0.0, static_cast<double>(width - 1));
        const double cy = std::clamp(y, 0.0, static_cast<double>(height - 1));
        const auto x0 = static_cast<std::int64_t>(cx);
        const auto y0 = static_cast<std::int64_t>(cy);
        const std::int64_t x1 = std::min(x0 + 1, width - 1);
        const std::int64_t y1 = std::min(y0 + 1, height - 1);
        const auto fx = static_cast<float>(cx - static_cast<double>(x0));
        const auto fy = static_cast<float>(cy - static_cast<double>(y0));
        const float top = plane[y0 * width + x0] * (1 - fx) + plane[y0 * width + x1] * fx;
        const float bottom = plane[y1 * width + x0] * (1 - fx) + plane[y1 * width + x1] * fx;
        return top * (1 - fy) + bottom * fy;
    }
};

} // namespace

void augmentImage(
    const Augmentation& augmentation,
    std::span<float> chw,
    std::int64_t channels,
    std::int64_t height,
    std::int64_t width,
    Random& random,
    std::vector<float>& scratch)
{
    assert(chw.size() == static_cast<std::size_t>(channels * height * width));
    const Mapping mapping = drawMapping(augmentation, height, width, random);
    const ColourChange colours = drawColourChange(augmentation.colour, random);
    const bool isMoved = augmentation.shift > 0 || augmentation.rotate > 0 || augmentation.scale > 0 || augmentation.isFlipped;
    if (isMoved) {
        scratch.assign(chw.begin(), chw.end());
        const Sampler sampler{height, width};
        const double centreX = static_cast<double>(width - 1) / 2;
        const double centreY = static_cast<double>(height - 1) / 2;
        for (std::int64_t y = 0; y < height; ++y) {
            for (std::int64_t x = 0; x < width; ++x) {
                const double dx = static_cast<double>(x) - centreX - mapping.shiftX;
                const double dy = static_cast<double>(y) - centreY - mapping.shiftY;
                const double fromX = mapping.xx * dx + mapping.xy * dy + centreX;
                const double fromY = mapping.yx * dx + mapping.yy * dy + centreY;
                for (std::int64_t c = 0; c < channels; ++c) {
                    const std::int64_t plane = c * height * width;
                    chw[static_cast<std::size_t>(plane + y * width + x)] =
                        sampler.at(scratch.data() + plane, fromX, fromY);
                }
            }
        }
    }
    if (augmentation.colour > 0) {
        changeColours(colours, chw, static_cast<std::size_t>(channels));
    }
    if (augmentation.noise > 0) {
        const std::uint64_t key = random.next();
        addNoise(chw, augmentation.noise, static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U));
    }
}

} // namespace ty::engine
