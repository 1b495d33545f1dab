#pragma once

#include <optional>

#include <QString>

#include "engine/base/json.h"
#include "engine/nn/model_description.h"

namespace ty::app {

struct DatasetSummary;

/// What a run's network will about be like, to say how long it takes before anything was measured. Vocabularies are guessed
/// from the amount of text, and categories from the first look at the data.
/// @param learner   "network" or "linear"; others have none
/// @param settings  of the learner: "size", "network", "hiddenLayers"
/// @param own       the run's own network, or null
/// @param samples   to train on
/// @return nothing for data or settings of which no network can be made
std::optional<engine::ModelDescription>
roughNetwork(const DatasetSummary& data, const QString& learner, const Json& settings, const Json& own, qint64 samples);

} // namespace ty::app
