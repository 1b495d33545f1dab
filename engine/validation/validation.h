#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/train/fit_control.h"
#include "engine/validation/fold_plan.h"

namespace ty::engine {

/// Cross-validation of learners on the same folds.
struct ValidationRequest {
    std::vector<RunSpec> learners; ///< of the same data; a name, if any, stands in tables for the learner's own
    FoldSettings folds;
    Json plan;               ///< FoldPlan::toJson() to be used instead; null: made by `folds`
    std::vector<double> shares{1.0}; ///< of each training part that is fitted on, ascending to 1; more than one: a learning curve
    std::string metric;      ///< that learners are ordered and compared by; empty: mainMetric()
    std::string folder;      ///< StudyFolder
    bool isResuming = false; ///< take what the folder's journal holds
    int threads = 0;
    const DataFiles* files = nullptr;
};

/// Told after each fit, on the calling thread: {"learner", "label", "id", "repeat", "fold", "share", "samples", "metrics", "training",
/// "seconds", "problem"?, "done", "all", "etaSeconds"}.
using StudyTold = std::function<void(const Json&)>;

/// Fits every learner on every fold, fold after fold, so that what is there when it ends early can be compared. A learner that fails
/// on a fold has a "problem" and no summary; the others go on.
///
/// Result: {"task", "samples", "metric", "outcome", "folds" {settings}, "learners": [{"learner", "label", "settings", "seconds", "folds":
/// [fits], "summary": {metric: {"count", "mean", "deviation", "interval"}}, "problem"?}], the best first by `metric`, "comparisons":
/// [{"first", "second", "metric", "mean", "interval", "probability", "clear", "words"}] of the best with each other, "curve":
/// [{"label", "points": [{"share", "samples", "held", "training"}]}]}. It is in the folder too.
/// Errors: those of the data and of the folder; those of the only learner. Cancelled when stopped before a fold was done.
Result<Json> validateLearners(const ValidationRequest& request, FitControl& control, const StudyTold& told);

} // namespace ty::engine
