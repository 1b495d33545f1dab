#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/catalog/records.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::app {

/// Which weights of a run a branch begins with.
struct BranchPoint {
    /// Epochs done; the newest checkpoint that is still there and no later counts. 0: the best epoch's checkpoint.
    int epoch = 0;
    std::string file; ///< instead: a checkpoint as its event names it, "checkpoints/step-000000412.safetensors"
};

/// What a branch does otherwise than the run it comes from.
struct BranchChanges {
    double learningRateFactor = 1;   ///< times the rate that the run used, an automatic one included
    Json settings = Json::object();  ///< of the learner, over the run's; wins over the factor
    std::string name;                ///< empty: found
};

/// A checkpoint that can be gone on from.
struct CheckpointRow {
    double step = 0;
    int epoch = 0; ///< epochs done
    std::int64_t bytes = 0;
    bool isBest = false;
    std::string reason; ///< "epoch", "pause", "snapshot", "stop", "interval"
    std::string file;   ///< relative to the run's folder
};

/// Those of a run whose file is there, newest first. Reads the folder: not for the GUI thread.
Result<std::vector<CheckpointRow>> checkpointsOf(catalog::Catalog& catalog, std::int64_t runId);

/// A new waiting run that begins with weights of run `runId`. The checkpoint is linked (else copied) into the new
/// run's folder, so that the branch outlives its parent. Errors: NotFound when no such checkpoint is kept.
Result<catalog::RunRecord> makeBranch(
    catalog::Catalog& catalog, std::int64_t runId, const BranchPoint& point, const BranchChanges& changes);

} // namespace ty::app
