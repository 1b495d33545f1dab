#include "engine/data/image_resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace ty::engine {

namespace {

/// One result is a weighted sum of a run of source places.
struct Taps {
    std::size_t first = 0;
    std::vector<float> weights;
};

std::vector<Taps> makeTaps(int source, int result)
{
    std::vector<Taps> taps(static_cast<std::size_t>(result));
    const double scale = static_cast<double>(source) / result;
    for (int i = 0; i < result; ++i) {
        Taps& tap = taps[static_cast<std::size_t>(i)];
        if (scale > 1) {
            const double begin = i * scale;
            const double end = std::min<double>(source, (i + 1) * scale);
            tap.first = static_cast<std::size_t>(begin);
            for (auto at = tap.first;
                 at < static_cast<std::size_t>(source) && static_cast<double>(at) < end;
                 ++at) {
                const double covered = std::min(end, static_cast<double>(at + 1)) -
                                       std::max(begin, static_cast<double>(at));
                tap.weights.push_back(static_cast<float>(covered / (end - begin)));
            }
        } else {
            const double centre = std::clamp((i + 0.5) * scale - 0.5, 0.0, source - 1.0);
            tap.first = static_cast<std::size_t>(centre);
            const double share = centre - static_cast<double>(tap.first);
            tap.weights = {static_cast<float>(1 - share)};
            if (share > 0 && tap.first + 1 < static_cast<std::size_t>(source)) {
                tap.weights.push_back(static_cast<float>(share));
            }
        }
    }
    return taps;
}

void resizePlane(
    const float* source,
    int height,
    int width,
    int newHeight,
    int newWidth,
    std::vector<float>& result)
{
    const auto columns = makeTaps(width, newWidth);
    const auto rows = makeTaps(height, newHeight);
    const auto sourceWidth = static_cast<std::size_t>(width);
    const auto resultWidth = static_cast<std::size_t>(newWidth);
    std::vector<float> narrow(static_cast<std::size_t>(height) * resultWidth);
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        for (std::size_t x = 0; x < resultWidth; ++x) {
            float sum = 0;
            for (std::size_t k = 0; k < columns[x].weights.size(); ++k) {
                sum += columns[x].weights[k] * source[y * sourceWidth + columns[x].first + k];
            }
            narrow[y * resultWidth + x] = sum;
        }
    }
    result.assign(static_cast<std::size_t>(newHeight) * resultWidth, 0.0F);
    for (std::size_t y = 0; y < rows.size(); ++y) {
        for (std::size_t k = 0; k < rows[y].weights.size(); ++k) {
            const float weight = rows[y].weights[k];
            const float* line = narrow.data() + (rows[y].first + k) * resultWidth;
            for (std::size_t x = 0; x < resultWidth; ++x) {
                result[y * resultWidth + x] += weight * line[x];
            }
        }
    }
}

} // namespace

void resizeInto(const Pixels& source, const std::array<int, 3>& shape, std::span<std::uint8_t> into)
{
    const auto [channels, height, width] = shape;
    const std::size_t plane =
        static_cast<std::size_t>(source.height) * static_cast<std::size_t>(source.width);
    const std::size_t newPlane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    assert(into.size() == newPlane * static_cast<std::size_t>(channels));
    if (channels == source.channels && height == source.height && width == source.width) {
        std::copy(source.bytes.begin(), source.bytes.end(), into.begin());
        return;
    }
    std::vector<float> from(plane);
    std::vector<float> result;
    for (int c = 0; c < channels; ++c) {
        for (std::size_t p = 0; p < plane; ++p) {
            if (source.channels == 3 && channels == 1) {
                from[p] = 0.299F * source.bytes[p] + 0.587F * source.bytes[plane + p] +
                          0.114F * source.bytes[2 * plane + p];
            } else {
                const std::size_t channel = source.channels == 1 ? 0 : static_cast<std::size_t>(c);
                from[p] = source.bytes[channel * plane + p];
            }
        }
        resizePlane(from.data(), source.height, source.width, height, width, result);
        for (std::size_t p = 0; p < newPlane; ++p) {
            into[static_cast<std::size_t>(c) * newPlane + p] =
                static_cast<std::uint8_t>(std::clamp(std::lround(result[p]), 0L, 255L));
        }
    }
}

} // namespace ty::engine
