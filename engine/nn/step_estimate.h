#pragma once

#include <cstdint>

#include "engine/nn/model_description.h"

namespace ty::engine {

/// Seconds that a training step in float32 is likely to take on so many cores, from the network's table alone: operations of
/// each kind of layer at the rate that was measured for the kind, layers' results and weights at the speed of memory. Twice
/// what a processor with 512-bit vectors takes (1.8 to 3.5 times, whatever the network), so as much too little for one that is
/// far slower: another processor is off by about the same factor for all networks.
/// @param batch  samples of the step, at least 1
double estimateStepSeconds(const ModelSummary& summary, std::int64_t batch, int cores);

} // namespace ty::engine
