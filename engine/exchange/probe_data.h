#pragma once

#include <cstdint>
#include <memory>

#include "engine/data/encoder.h"

namespace ty::engine {

/// Made-up samples of the kind that `encoder` was fitted on, for comparing two ways to compute the same answer:
/// numbers spread around the training mean, every known category, and among them missing values and unknown
/// categories; images of noise with the training images' brightness. The same seed gives the same samples. No targets. Where the
/// model's files do steps themselves, RawRows.
/// @param wholeBelow  numbers are whole, from 0 to one below this: what an embedding of given numbers takes; 0: they are not
std::unique_ptr<Dataset>
makeProbeDataset(const Encoder& encoder, std::uint64_t samples, std::uint64_t seed, std::int64_t wholeBelow = 0);

} // namespace ty::engine
