#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/learn/learner.h"
#include "engine/nn/model_description.h"
#include "engine/nn/training_session.h"
#include "engine/train/trainer.h"

namespace ty::engine {

/// What a fit knows of its data before it chooses.
struct FitFacts {
    Task task = Task::Classification;
    DataKind kind = DataKind::Table;
    std::uint64_t trainingSamples = 0;
    std::uint64_t activationBytes = 0; ///< of one sample in training
    std::vector<std::uint64_t> classSamples; ///< in the training part, by class
    bool isLinear = false; ///< a single layer
    bool hasValidation = false;
    int threads = 1;
};

/// Settings with every automatic value chosen.
struct FitPlan {
    TrainingSetup setup;
    TrainerOptions options;
    Json settings; ///< as given, automatic values replaced by the chosen ones
};

/// Chooses what the person left automatic. `settings` is complete (ParameterTable::complete).
Result<FitPlan> planFit(const Json& settings, const FitFacts& facts);

} // namespace ty::engine
