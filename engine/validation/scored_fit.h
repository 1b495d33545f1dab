#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/learn/learner.h"
#include "engine/learn/run_data.h"

namespace ty::engine {

/// A learner with opened data, to be fitted many times on parts of them. Nothing changes it; one thread at a time.
struct StudyLearner {
    std::unique_ptr<Learner> learner;
    RunSpec spec;                        ///< of a run of this learner
    Json settings;                       ///< complete
    EncoderForm form;
    std::shared_ptr<const RunData> data; ///< shared by learners that read them the same way

    const Dataset& dataset() const { return *data->training; }
    /// The samples with a target that may be fitted on or judged by: all but those of the test part.
    std::vector<std::uint32_t> samples() const;
};

/// @param like  an opened learner of the same data, which are then not read twice; may be null
/// Errors: those of a run before its first step, and Unsupported for running texts and reconstructions, which have no folds.
Result<StudyLearner> openStudyLearner(const RunSpec& spec, const DataFiles* files, const StudyLearner* like = nullptr);

/// One fit to be made and judged.
struct FitTask {
    Json settings;                       ///< complete
    std::vector<std::uint32_t> training; ///< of which a learner that chooses by validation keeps a fifth for that
    std::vector<std::uint32_t> held;     ///< fit() never sees them
    std::string scratch;                 ///< folder that is made and removed again
    int threads = 0;
    bool isTrainingScored = false;
    bool isSizeMeasured = false;
};

struct ScoredFit {
    Json metrics;         ///< of the held samples, as in evaluations; null when there is no model
    Json trainingMetrics; ///< likewise, if asked for
    std::string outcome;  ///< FitOutcome::outcome
    double seconds = 0;   ///< of fitting alone
    double answerSeconds = 0;     ///< of judging the held samples
    std::uint64_t modelBytes = 0; ///< on disk, if asked for
    int epochs = 0;
};

/// Fits and judges. The same task gives the same answer, but for the times. Errors: those of fit() and of evaluating.
Result<ScoredFit> fitAndScore(const StudyLearner& study, const FitTask& task, FitSink& sink, FitControl& control);

/// What studies of a task tell, the metric that learners are ordered by first: "roc_auc", "r2", "silhouette".
std::vector<std::string> studyMetrics(Task task);
std::string mainMetric(Task task);
/// NaN if it is not there.
double metricIn(const Json& metrics, const std::string& metric);

} // namespace ty::engine
