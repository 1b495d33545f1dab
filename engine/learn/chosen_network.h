#pragma once

#include <optional>

#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/encoder.h"
#include "engine/learn/learner.h"
#include "engine/nn/adaptation.h"
#include "engine/nn/model_description.h"

namespace ty::engine {

/// The network that the run names or describes, before it is adapted to data; nothing: chosen from the data.
/// Errors: InvalidInput when it does both, NotFound for an unknown name, those of ModelDescription::fromJson().
Result<std::optional<ModelDescription>> chosenNetwork(const RunSpec& spec);

/// The first "scale" layer of a network of the zoo is made for pixels of 0 to 255; the encoder has divided them by their
/// deviation, so the layer is given that factor back: the network's inputs are as large as in its paper.
void scaleAsStandardised(AdaptedNetwork& made, const Encoder& encoder);

/// A network of the zoo that ends with an activation is given its answers without it: the playground's tanh belongs to its
/// own loss, which compares with -1 and 1.
void freeAnswers(AdaptedNetwork& made);

/// What the run's network asks of its data: pictures in its size, or so many words.
Result<DataNeeds> dataNeedsOf(const RunSpec& spec);

} // namespace ty::engine
