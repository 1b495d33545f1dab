#include "engine/learn/neighbours_learner.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/model_package.h"
#include "engine/learn/neighbours_model.h"
#include "engine/learn/parameter_rows.h"
#include "engine/learn/stage_metrics.h"

namespace ty::engine {

namespace {

constexpr std::size_t kAskedAtOnce = 512; ///< rows between two looks at what the person wants

ParameterTable makeNeighboursTable()
{
    constexpr const char* kGroup = "Neighbours";
    std::vector<Parameter> rows;
    rows.push_back(searched(
        ranged(makeRow("neighbours", "Neighbours", ParameterType::Integer, 5, kGroup, "How many of the nearest rows answer (k)."), 1, 100'000),
        1, 100, true));
    rows.push_back(choice(
        "weights", "Weights", {"equal", "distance"}, "equal", kGroup,
        "equal: each neighbour counts as much; distance: nearer ones count more (one by the distance)."));
    return ParameterTable(std::move(rows));
}

} // namespace

NeighboursLearner::NeighboursLearner() : m_table(makeNeighboursTable()) {}

std::string NeighboursLearner::help() const
{
    return "Asks the most similar rows that are known: nothing to train, good where few columns matter, slow for many rows.";
}

Result<DataNeeds> NeighboursLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> NeighboursLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    const int threads = fitThreads(request.threads);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    const LabelledPart training = trainingPart(request, encoder.task());
    const LabelledPart validation = validationPart(request, encoder.task());
    TY_CHECK(progress.emitPlan(1, "passes", training.samples.size() * encoder.inputSize() * sizeof(float)));
    KnownRows known;
    TY_TRY(known.neighbours, jsonField<std::size_t>(request.settings, "neighbours", "settings"));
    TY_TRY(const auto weights, jsonField<std::string>(request.settings, "weights", "settings"));
    known.areNearerHeavier = weights == "distance";
    TY_TRY(known.rows, readEncoded(*training.dataset, encoder, training.samples, threads));
    const std::vector<float> targets = readTargets(*training.dataset, encoder, training.samples);
    known.targets.assign(targets.begin(), targets.end());
    std::vector<double> answers;
    std::size_t asked = 0;
    for (bool mayGoOn = true; mayGoOn && asked < validation.samples.size();) {
        const std::size_t some = std::min(kAskedAtOnce, validation.samples.size() - asked);
        TY_TRY(const DenseRows unseen, readEncoded(*validation.dataset, encoder, std::span(validation.samples).subspan(asked, some), threads));
        const auto given = known.answers(unseen, encoder.classes().size(), threads);
        answers.insert(answers.end(), given.begin(), given.end());
        asked += some;
        const double share = static_cast<double>(asked) / static_cast<double>(validation.samples.size());
        TY_CHECK(progress.emitStep(static_cast<std::int64_t>(asked), share, "rows_asked", static_cast<double>(asked)));
        TY_TRY(mayGoOn, progress.mayGoOn());
    }
    std::vector<float> truths = readTargets(*validation.dataset, encoder, validation.samples);
    truths.resize(asked); // those that were asked before a person wanted the end
    TY_CHECK(progress.emitStage(1, Json(), stageMetrics(encoder, answers, truths)));
    FitOutcome outcome;
    outcome.outcome = progress.outcome();
    outcome.epochs = 1;
    outcome.bestEpoch = 1;
    outcome.seconds = progress.seconds();
    const Json card = makeModelCard(
        {name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings}, encoder);
    outcome.model = std::make_unique<NeighboursModel>(std::move(encoder), card, std::move(known));
    return outcome;
}

} // namespace ty::engine
