#include "engine/learn/isolation_learner.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/isolation_model.h"
#include "engine/learn/model_package.h"
#include "engine/learn/parameter_rows.h"
#include "engine/learn/stage_metrics.h"

namespace ty::engine {

namespace {

constexpr int kIsolationStages = 10; ///< points of a chart: each asks all trees again

ParameterTable makeIsolationTable()
{
    constexpr const char* kGroup = "Forest";
    std::vector<Parameter> rows;
    rows.push_back(searched(
        ranged(makeRow("trees", "Trees", ParameterType::Integer, 100, kGroup, "How many trees of random questions."), 1, 100'000), 20, 500, true));
    rows.push_back(searched(
        ranged(makeRow("rows", "Rows of a tree", ParameterType::Integer, 256, kGroup, "Rows that a tree is grown on; few are enough to tell what is unusual."), 2, 1'000'000),
        32, 4096, true));
    rows.push_back(ranged(makeRow("unusual", "Unusual rows", ParameterType::Real, 0.05, kGroup,
                                  "Without a target: the share of the training rows that count as unusual."), 0.0001, 0.5));
    return ParameterTable(std::move(rows));
}

/// The probability of class `unusual` that about `share` of the rows reach, and no more. @param answers  {rows, 2}, at least one row
double thresholdFor(const std::vector<double>& answers, std::size_t unusual, double share)
{
    std::vector<double> scores;
    for (std::size_t i = unusual; i < answers.size(); i += 2) {
        scores.push_back(static_cast<float>(answers[i])); // as they are answered
    }
    std::sort(scores.begin(), scores.end(), std::greater<>());
    const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(scores.size())));
    const std::size_t count = std::min(scores.size(), std::max<std::size_t>(1, wanted));
    const double from = scores[count - 1];
    if (count == scores.size() || scores[count] < from) {
        return from;
    }
    // Rows that are alike are unusual together or not at all.
    const auto above = std::find_if(scores.rbegin(), scores.rend(), [from](double score) { return score > from; });
    return above != scores.rend() ? *above : std::nextafter(from, 2.0);
}

} // namespace

IsolationLearner::IsolationLearner() : m_table(makeIsolationTable()) {}

std::string IsolationLearner::help() const
{
    return "Finds rows that are unlike the rest, without a look at the target: of two classes the rarer one is what is unusual. Needs no target.";
}

Result<DataNeeds> IsolationLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> IsolationLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    const int threads = fitThreads(request.threads);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    const bool isWithoutTarget = encoder.task() == Task::Grouping;
    if (isWithoutTarget) {
        encoder.nameGroups({"usual", "unusual"});
    }
    if (encoder.classes().size() != 2) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format("an isolation forest tells usual from unusual; the target has {} classes", encoder.classes().size()),
            "Choose a target of two classes, or another learner."};
    }
    const LabelledPart training = trainingPart(request, encoder.task());
    const LabelledPart validation = validationPart(request, encoder.task());
    IsolationSettings settings;
    settings.seed = request.spec->seed;
    TY_TRY(settings.trees, jsonField<int>(request.settings, "trees", "settings"));
    TY_TRY(settings.rows, jsonField<std::size_t>(request.settings, "rows", "settings"));
    TY_CHECK(progress.emitPlan(settings.trees, "trees", training.samples.size() * featuresOf(encoder).size() * sizeof(float)));
    TY_TRY(const FeatureTable rows, readFeatures(*training.dataset, encoder, training.samples, threads));
    const std::vector<float> targets = readTargets(*training.dataset, encoder, training.samples);
    const auto second = static_cast<std::size_t>(std::count(targets.begin(), targets.end(), 1.0F));
    const std::size_t unusual = isWithoutTarget || 2 * second <= targets.size() ? 1 : 0;
    TY_TRY(const auto share, jsonField<double>(request.settings, "unusual", "settings"));
    TY_CHECK(progress.note(
        isWithoutTarget ? fmt::format("the {:g} % of the rows that are told apart in the fewest questions count as unusual", 100 * share)
                        : fmt::format(
                              "rows that are unlike the rest count as \"{}\", the rarer class; the target was not looked at otherwise",
                              encoder.classes()[unusual])));
    const Json card = makeModelCard(
        {name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings}, encoder);
    TY_TRY(const FeatureTable unseen, readFeatures(*validation.dataset, encoder, validation.samples, threads));
    const std::vector<float> unseenTargets = readTargets(*validation.dataset, encoder, validation.samples);
    std::unique_ptr<IsolationModel> model;
    const int between = std::max(threads, (settings.trees + kIsolationStages - 1) / kIsolationStages);
    TY_TRY(const IsolationForest forest, growIsolationForest(rows, settings, threads, between, [&](const IsolationForest& sofar) -> Result<bool> {
        model = std::make_unique<IsolationModel>(encoder, card, sofar, unusual);
        const auto ofTraining = model->answersFor(rows, threads);
        const auto ofUnseen = model->answersFor(unseen, threads);
        if (isWithoutTarget) {
            model->setThreshold(thresholdFor(ofTraining, unusual, share));
        }
        TY_CHECK(progress.emitStage(
            static_cast<int>(sofar.forest.trees.size()),
            isWithoutTarget ? model->measuresOf(ofTraining) : stageMetrics(encoder, ofTraining, targets),
            isWithoutTarget ? model->measuresOf(ofUnseen) : stageMetrics(encoder, ofUnseen, unseenTargets)));
        return progress.mayGoOn();
    }));
    FitOutcome outcome;
    outcome.outcome = progress.outcome();
    outcome.epochs = static_cast<int>(forest.forest.trees.size());
    outcome.bestEpoch = outcome.epochs; // all trees are kept
    outcome.seconds = progress.seconds();
    outcome.model = std::move(model);
    return outcome;
}

} // namespace ty::engine
