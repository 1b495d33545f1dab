#include <algorithm>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/study_options.h"
#include "app/runner/validation_text.h"
#include "engine/base/files.h"
#include "engine/train/metric_names.h"
#include "engine/validation/scored_fit.h"
#include "engine/validation/validation.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

/// Those asked for, and the baseline beside them: what they have to beat.
Result<std::vector<RunSpec>> learnersOf(const ValidateOptions& options, const RunSpec& run)
{
    std::vector<RunSpec> learners;
    std::vector<std::string> names = options.learners;
    if (names.empty()) {
        names.push_back(usualLearner(options.study, run));
    }
    for (const std::string& name : names) {
        TY_TRY(RunSpec made, withLearner(run, name));
        learners.push_back(std::move(made));
    }
    const bool hasBaseline = std::any_of(learners.begin(), learners.end(), [](const RunSpec& one) { return one.learner == "baseline"; });
    if (!hasBaseline && run.data.task != taskName(Task::Grouping)) { // without a target there is nothing to beat
        TY_TRY(RunSpec baseline, withLearner(run, "baseline"));
        learners.push_back(std::move(baseline));
    }
    return learners;
}

std::string wordsOf(const Json& fit, const std::string& metric)
{
    const double score = metricIn(fit.value("metrics", Json()), metric);
    return fmt::format(
        "{}/{} {}, repeat {}, fold {}, {} samples: {} ({:.0f} s left)", fit.value("done", 0), fit.value("all", 0),
        fit.value("label", std::string()), fit.value("repeat", 0) + 1, fit.value("fold", 0) + 1, fit.value("samples", 0),
        fit.value("problem", fmt::format("{:.4f} {}", score, metricLabel(metric))), fit.value("etaSeconds", 0.0));
}

Result<Json> validateAll(const ValidateOptions& options)
{
    ValidationRequest request;
    TY_TRY(const RunSpec run, studyRun(options.study));
    TY_TRY(request.learners, learnersOf(options, run));
    request.folds.folds = options.folds;
    request.folds.repeats = options.repeats;
    request.folds.seed = options.foldSeed;
    request.folds.isStratified = !options.isPlain;
    request.folds.groupColumn = options.groupColumn;
    if (!options.planFile.empty()) {
        TY_TRY(request.plan, readJsonFile(options.planFile));
    }
    if (options.hasCurve) {
        request.shares = options.shares.empty() ? std::vector<double>{0.1, 0.2, 0.4, 0.7, 1.0} : options.shares;
        std::sort(request.shares.begin(), request.shares.end());
        if (request.shares.back() < 1) {
            request.shares.push_back(1);
        }
    }
    request.metric = metricNamed(options.metric);
    const auto told = [&](const Json& fit) {
        const Json metrics = fit.value("metrics", Json::object());
        const Task task = metrics.contains("accuracy") ? Task::Classification
            : metrics.contains("silhouette")           ? Task::Grouping
                                                       : Task::Regression;
        const std::string metric = request.metric.empty() ? mainMetric(task) : request.metric;
        tellOfFit(fit, wordsOf(fit, metric), options.form);
    };
    return doStudy(
        options, request, [&](const ValidationRequest& asked, FitControl& control) { return validateLearners(asked, control, told); });
}

} // namespace

int validate(const ValidateOptions& options)
{
    return answerStudy(validateAll(options), options.csv, foldCells, validationText, options.form);
}

} // namespace ty::runner
