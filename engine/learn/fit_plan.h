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

/// What the weights of a network take while it is trained: themselves, their gradients, two numbers each for the optimizer, and
/// all but the gradients once more for a checkpoint.
std::uint64_t weightBytes(std::uint64_t parameterBytes);

/// What a fit knows of its data before it chooses.
struct FitFacts {
    Task task = Task::Classification;
    DataKind kind = DataKind::Table;
    std::uint64_t trainingSamples = 0;
    std::uint64_t activationBytes = 0; ///< of one sample in training
    std::uint64_t parameterBytes = 0;  ///< of the weights alone
    std::uint64_t memoryBytes = std::uint64_t{4} << 30; ///< that the process may still take
    std::vector<std::uint64_t> classSamples; ///< in the training part, by class
    std::vector<std::string> classes; ///< their names
    bool isLinear = false; ///< a single layer
    bool areWords = false; ///< a sample is words of a text
    bool isGiven = false;  ///< the network was named or described, not made for the data
    bool isDense = false;  ///< nothing but dense layers learns
    bool hasValidation = false;
    int threads = 1;
};

/// Settings with every automatic value chosen.
struct FitPlan {
    TrainingSetup setup;
    TrainerOptions options;
    Json settings; ///< as given, automatic values replaced by the chosen ones
};

/// The loss that the settings name. Errors: InvalidInput when it is for other targets or another number of classes.
/// @param classes  of the data; not looked at for regression
Result<LossKind> chosenLoss(const Json& settings, Task task, std::size_t classes);
/// Whether the loss takes one output, whose sign tells two classes apart, where others take one a class.
bool hasSingleOutput(LossKind loss);

/// Chooses what the person left automatic. `settings` is complete (ParameterTable::complete). Errors: those of
/// chosenLoss(), and InvalidInput for settings that contradict each other or cannot be read.
Result<FitPlan> planFit(const Json& settings, const FitFacts& facts);

} // namespace ty::engine
