#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/random.h"

namespace ty::engine {

/// How training pictures are varied. Amounts are the largest in either direction; 0 or false is off.
struct Augmentation {
    double shift = 0;  ///< part of the width and the height
    double rotate = 0; ///< degrees
    double scale = 0;  ///< part of the size
    bool isFlipped = false; ///< left and right swapped in half of the pictures
    double noise = 0;  ///< standard deviation, in units of the picture's own deviation
    bool isPartDrawn = false; ///< of recordings that last longer than all are cut to, another part is heard each time
    double colour = 0; ///< part of the contrast and, of coloured pictures, of the saturation; brightness by so many deviations

    /// Whether augmentImage() changes nothing; which part is heard is not its matter.
    bool isOff() const
    {
        return shift == 0 && rotate == 0 && scale == 0 && !isFlipped && colour == 0 && noise == 0;
    }
};

/// Varies one encoded picture in place: one bilinear resampling for shift, rotation, scale and flip; what comes from
/// outside repeats the picture's edge (with shift and scale a random crop). Then colour, then noise. The same `random` gives
/// the same picture.
/// @param chw      {channels, height, width}
/// @param scratch  reused between calls
void augmentImage(
    const Augmentation& augmentation,
    std::span<float> chw,
    std::int64_t channels,
    std::int64_t height,
    std::int64_t width,
    Random& random,
    std::vector<float>& scratch);

} // namespace ty::engine
