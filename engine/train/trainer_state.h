#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/train/early_stopping.h"
#include "engine/train/training_totals.h"

namespace ty::engine {

/// Where a training stands; with the weights and the optimizer's state it is all that a checkpoint needs.
/// Order, augmentation and dropout follow from the seed, the epoch and the position, so no generator is kept here.
struct TrainerState {
    std::int64_t step = 0;        ///< updates done
    int epoch = 0;                ///< epochs done
    std::int64_t stepInEpoch = 0; ///< updates done in the epoch at hand
    TrainingTotals totals;        ///< of the epoch at hand
    double seconds = 0;           ///< running time, pauses excluded
    double epochSeconds = 0;      ///< of it, in the epoch at hand
    double waitSeconds = 0;       ///< of that, waiting for data
    EarlyStopping stopping;
    std::string bestFile;                 ///< checkpoint of the best epoch
    std::vector<std::string> keptFiles;   ///< snapshots
    std::int64_t batchSize = 0;           ///< 0: not known (older checkpoints)
    std::int64_t evaluationBatch = 0;     ///< 0: not known
    std::int64_t threads = 0;             ///< of the session; 0: not known
    int epochs = 0;                       ///< planned, with live changes
    int patience = 0;
    int specEpochs = 0;                   ///< as the run was described, to notice that it was extended
    int specPatience = 0;
    Json learningRate;                    ///< LearningRate
    Json history = Json::array();         ///< fields of all "epoch" events
    std::string outcome;                  ///< empty while training goes on
    Json optimizerCounters;               ///< TrainingSession::optimizerCounters

    /// Median of the last five epochs times what is left; negative before the first epoch has ended.
    double etaSeconds() const;

    Json toJson() const;
    static Result<TrainerState> fromJson(const Json& json, const std::string& what);
};

} // namespace ty::engine
