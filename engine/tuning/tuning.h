#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/train/fit_control.h"
#include "engine/tuning/search_space.h"

namespace ty::engine {

/// Halving: many settings on a small part of the samples, the best third on three times as many, and so on to all.
/// Source: Jamieson, Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization (AISTATS 2016).
enum class SearchMethod { Grid, Random, Halton, Halving };
/// Errors: InvalidInput with the known names.
Result<SearchMethod> searchMethodNamed(const std::string& name);
const char* searchMethodName(SearchMethod method); ///< "grid", "random", "halton", "halving"

/// A search for good settings of one learner.
struct TuningRequest {
    RunSpec spec; ///< its settings are the first trial, and what the search does not change
    SearchSpace space;
    SearchMethod method = SearchMethod::Halton;
    int runs = 30; ///< settings to try, the first among them
    std::optional<double> minutes; ///< from now on
    std::string metric;      ///< empty: mainMetric()
    int folds = 0;           ///< below 2: one held-out part
    double heldShare = 0.2;  ///< of that part
    bool isPoorGivenUp = true; ///< a trial ends once it is behind the median of the others at the same fold or stage
    std::string folder;      ///< StudyFolder
    bool isResuming = false; ///< go on with what the folder's journal holds
    int threads = 0;
    const DataFiles* files = nullptr;
};

/// Told after each trial, on the calling thread: {"trial", "rung", "share", "settings", "state" ("done", "given-up", "failed"), "score",
/// "deviation", "metrics", "seconds", "bytes", "problem"?, "done", "all", "best" {trial, score}, "etaSeconds"}.
using TrialTold = std::function<void(const Json&)>;

/// Tries settings and judges each by samples that its fit never saw. The same request gives the same trials, however often it was
/// ended and resumed, but for what was given up by time.
///
/// Result: {"learner", "label", "metric", "search", "space", "outcome", "trials": [as told], the best first, "best": trial or null,
/// "first": the trial of the settings as they were, "fronts": {"seconds": [trials], "bytes": [trials]}}: those that no other beats in
/// both score and time, or size. It is in the folder too.
/// Errors: those of the data and the folder; InvalidInput for an empty space; the trials' own when all failed. Cancelled when
/// stopped before a trial was done.
Result<Json> tuneLearner(const TuningRequest& request, FitControl& control, const TrialTold& told);

} // namespace ty::engine
