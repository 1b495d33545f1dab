#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/study_options.h"
#include "app/runner/tuning_text.h"
#include "engine/learn/chosen_learner.h"
#include "engine/train/metric_names.h"
#include "engine/tuning/tuning.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

Result<Json> tuneAll(const TuneOptions& options)
{
    TuningRequest request;
    TY_TRY(const RunSpec run, studyRun(options.study));
    TY_TRY(request.spec, withLearner(run, options.learner.empty() ? usualLearner(options.study, run) : options.learner));
    TY_TRY(const auto learner, findLearner(request.spec.learner));
    if (options.ranges.empty()) {
        request.space = SearchSpace::of(learner->parameters());
    } else {
        auto space = SearchSpace::parse(learner->parameters(), options.ranges);
        if (!space) {
            return Error{ErrorKind::Usage, space.error().message, space.error().advice};
        }
        request.space = std::move(space).value();
    }
    TY_TRY(request.method, searchMethodNamed(options.search));
    request.runs = options.runs;
    request.minutes = options.minutes;
    request.metric = metricNamed(options.objective);
    request.folds = options.folds;
    request.heldShare = options.heldShare;
    request.isPoorGivenUp = !options.isKeepingPoor;
    const Json space = request.space.toJson();
    const auto told = [&](const Json& trial) {
        const Json score = trial.value("score", Json());
        const Json best = trial.value("best", Json());
        tellOfFit(
            trial,
            fmt::format(
                "{}/{} {}: {}{}{}", trial.value("done", 0), trial.value("all", 0), changedSettings(space, trial.at("settings")),
                trial.value("problem", score.is_number() ? fmt::format("{:.4f}", score.get<double>()) : std::string("-")),
                trial.value("state", std::string()) == "given-up" ? " (given up)" : "",
                best.is_object() ? fmt::format(", best {:.4f}", best.at("score").get<double>()) : ""),
            options.form);
    };
    return doStudy(options, request, [&](const TuningRequest& asked, FitControl& control) { return tuneLearner(asked, control, told); });
}

} // namespace

int tune(const TuneOptions& options)
{
    return answerStudy(tuneAll(options), options.csv, trialCells, tuningText, options.form);
}

} // namespace ty::runner
