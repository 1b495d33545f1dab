#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/random.h"

namespace ty::engine {

/// How training pictures are varied. Amounts are the largest in either direction, drawn uniformly, factors in the logarithm;
/// 0 or false is off. Values are encoded ones, of which the training pictures' deviation is usually 1.
/// Sources: Simard, Steinkraus, Platt (2003), shift, rotation, scale; Krizhevsky et al. (2012), shift and flip; Howard (2013),
/// colour; Bishop (1995), noise.
struct Augmentation {
    double shift = 0;  ///< part of the width and the height
    double rotate = 0; ///< degrees
    double scale = 0;  ///< part of the size: a factor in [1 / (1 + scale), 1 + scale]
    bool isFlipped = false; ///< left and right swapped in half of the pictures
    double noise = 0;  ///< standard deviation of what each value gets, nearly normal and independent; in encoded units
    bool isPartDrawn = false; ///< of recordings that last longer than all are cut to, another part is heard each time
    /// Factors of the contrast and, of coloured pictures, of the saturation in [1 / (1 + colour), 1 + colour]; brightness by so
    /// many encoded units.
    double colour = 0;

    /// Whether augmentImage() changes nothing; which part is heard is not its matter.
    bool isOff() const
    {
        return shift == 0 && rotate == 0 && scale == 0 && !isFlipped && colour == 0 && noise == 0;
    }
};

/// Varies one encoded picture in place: one bilinear resampling for shift, rotation, scale and flip; what comes from
/// outside repeats the picture's edge (with shift and scale a random crop). Then colour, then noise. The same `random` gives
/// the same picture.
/// @param chw      {channels, height, width} row-major
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
