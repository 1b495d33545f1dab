#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backends/cpu/parameter_store.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

/// The arrays that an optimizer keeps beside the parameters, by suffix.
std::vector<std::string> optimizerSlots(OptimizerKind kind);

/// Moves the parameters by their gradients.
///
/// @param step  number of this update, from 1
/// @return      global gradient norm before clipping; 0 when clipping is off
double updateParameters(
    ParameterStore& store, const TrainingSetup& setup, double learningRate, std::int64_t step, int threads);

} // namespace ty::engine
