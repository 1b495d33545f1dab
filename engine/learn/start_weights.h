#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"
#include "engine/data/encoder.h"
#include "engine/nn/training_session.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// The file that `start.from` means for a run in `folder`. Errors: NotFound.
Result<std::string> findStartFile(const StartSpec& start, const RunFolder& folder);

/// The learned parameters in a checkpoint, a weights file or a network from elsewhere (.onnx), as float32; a checkpoint's
/// optimizer state is left out.
/// @param input  a sample's shape, for a network that leaves extents open
/// Errors: those of readSafetensors, makeFloatWeights and readOnnxNetwork, and InvalidInput when a checkpoint is torn.
Result<std::vector<NamedTensor>> readStartWeights(const std::string& file, const Shape& input = {});

/// A network's parameters, those replaced that others have: a layer is taken whole or not at all, when all its tensors
/// have the same names and shapes in both.
struct FittedWeights {
    std::vector<NamedTensor> parameters;
    std::size_t taken = 0;           ///< layers that were replaced
    std::vector<std::string> left;   ///< layers that were not, with the reason
    std::vector<std::string> unused; ///< layers of the others that the network does not have
};
FittedWeights fitWeights(std::vector<NamedTensor> parameters, const std::vector<NamedTensor>& others);

/// What was taken from where, for people.
struct StartedWeights {
    std::string text;
    std::string doubt; ///< empty, or why the weights may mean something else although names and shapes agree
};
/// Puts the weights that a run begins with into its session, as far as they fit. Tensors of the file that the network does not
/// have may be of any type. Errors: those of findStartFile() and readStartWeights(), and InvalidInput when no layer fits.
Result<StartedWeights> startWithWeights(
    const StartSpec& start, const RunFolder& folder, const Encoder& encoder, TrainingSession& session);

} // namespace ty::engine
