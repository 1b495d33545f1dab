#pragma once

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/formats/audio_codec.h"

namespace ty::engine {

/// Puts the preparation of `options`, or that of the model, into the description of a set of pictures or recordings, and their
/// size with it, unless a network asks for another.
/// Recordings get a step that says how long they are, if there is none.
/// @param usualSeconds  that nearly all recordings last at most
/// @param ownChannels  of the pictures as they are: 1 grey, 3 colour
/// Errors: InvalidInput that begins "step 2 (clip): " for steps that pictures do not have.
Result<void> preparePictures(DatasetInfo& info, const OpenOptions& options, int ownChannels, double usualSeconds);

/// What recordings of such data are brought to.
AudioForm audioFormOf(const DatasetInfo& info);

} // namespace ty::engine
