#pragma once

#include "engine/base/result.h"
#include "engine/data/dataset.h"

namespace ty::engine {

/// Puts the preparation of `options`, or that of the model, into the description of a set of pictures or recordings, and their
/// size with it, unless a network asks for another.
/// @param ownChannels  of the pictures as they are: 1 grey, 3 colour
/// Errors: InvalidInput that begins "step 2 (clip): " for steps that pictures do not have.
Result<void> preparePictures(DatasetInfo& info, const OpenOptions& options, int ownChannels);

/// The rate that recordings are brought to; 0: each keeps its own.
int audioRateOf(const DatasetInfo& info);

} // namespace ty::engine
