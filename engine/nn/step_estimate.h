#pragma once

#include <cstdint>

#include "engine/nn/model_description.h"

namespace ty::engine {

/// Seconds that a training step in float32 is likely to take on so many cores, from the network's table alone: operations of
/// each kind of layer at the rate that was measured for the kind, layers' results and weights at the speed of memory. Within
/// a factor of three of what was measured for the networks of the zoo where the rates come from (DECISIONS.md); another
/// processor is faster or slower as a whole.
/// @param batch  samples of the step, at least 1
double estimateStepSeconds(const ModelSummary& summary, std::int64_t batch, int cores);

} // namespace ty::engine
