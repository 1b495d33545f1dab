#include "engine/learn/boost_learner.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/exchange/forest_tensors.h"
#include "engine/learn/boost_model.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/model_package.h"
#include "engine/learn/parameter_rows.h"
#include "engine/learn/stage_metrics.h"

namespace ty::engine {

namespace {

constexpr int kBoostStages = 50; ///< points of a chart

ParameterTable makeBoostTable()
{
    constexpr const char* kBoost = "Boosting";
    constexpr const char* kBoostTrees = "Trees";
    std::vector<Parameter> rows;
    Parameter rounds = searched(
        ranged(makeRow("rounds", "Rounds", ParameterType::Integer, 100, kBoost, "Trees that correct one another; with more classes one each a round."), 1, 100'000),
        20, 1000, true);
    rounds.unit = "rounds";
    rows.push_back(rounds);
    rows.push_back(searched(
        ranged(makeRow("rate", "Learning rate", ParameterType::Real, 0.1, kBoost, "By which each tree is shortened: less needs more rounds and is often better."), 1e-4, 1),
        0.01, 0.5, true));
    rows.push_back(ranged(
        makeRow("patience", "Patience", ParameterType::Integer, 20, kBoost,
                "Rounds without a better validation loss after which it ends; the best round is kept."),
        1, 100'000));
    rows.push_back(searched(
        ranged(makeRow("maxDepth", "Deepest level", ParameterType::Integer, 6, kBoostTrees, "Questions from the root to an answer at most."), 1, 64), 2, 12, false));
    rows.push_back(searched(
        ranged(makeRow("leafSize", "Smallest leaf", ParameterType::Integer, 20, kBoostTrees, "Fewest training rows that an answer rests on."), 1, 1'000'000), 1, 100, true));
    rows.push_back(searched(
        ranged(makeRow("penalty", "Penalty", ParameterType::Real, 1.0, kBoostTrees, "How strongly large answers of a tree are pulled back (lambda)."), 0, 1e6), 0.01, 100, true));
    rows.push_back(advanced(ranged(makeRow("featureShare", "Columns of a question", ParameterType::Real, 1.0, kBoostTrees, "Share of the columns that a question is chosen from."), 0.01, 1)));
    rows.push_back(advanced(ranged(makeRow("rowShare", "Rows of a tree", ParameterType::Real, 1.0, kBoostTrees, "Share of the rows that a tree sees."), 0.01, 1)));
    rows.push_back(advanced(ranged(makeRow("bins", "Bins", ParameterType::Integer, 255, kBoostTrees, "Steps that a number is divided into before trees grow."), 2, 255)));
    rows.push_back(checkpointRow(kBoost));
    return ParameterTable(std::move(rows));
}

Result<BoostSettings> boostSettings(const Json& settings, std::uint64_t seed)
{
    BoostSettings made;
    made.seed = seed;
    TY_TRY(made.rounds, jsonField<int>(settings, "rounds", "settings"));
    TY_TRY(made.rate, jsonField<double>(settings, "rate", "settings"));
    TY_TRY(made.maxDepth, jsonField<int>(settings, "maxDepth", "settings"));
    TY_TRY(made.leafSamples, jsonField<int>(settings, "leafSize", "settings"));
    TY_TRY(made.penalty, jsonField<double>(settings, "penalty", "settings"));
    TY_TRY(made.features, jsonField<double>(settings, "featureShare", "settings"));
    TY_TRY(made.rows, jsonField<double>(settings, "rowShare", "settings"));
    TY_TRY(made.bins, jsonField<int>(settings, "bins", "settings"));
    return made;
}

} // namespace

BoostLearner::BoostLearner() : m_table(makeBoostTable()) {}

std::string BoostLearner::help() const
{
    return "Small trees, each correcting those before it: often the best score on tables, with some tuning.";
}

Json BoostLearner::presetSettings(const std::string& preset, const DatasetInfo&) const
{
    return preset == "fast" ? Json{{"rounds", 50}, {"rate", 0.2}}
        : preset == "best"  ? Json{{"rounds", 1000}, {"rate", 0.05}, {"patience", 50}}
                            : Json{{"rounds", 100}};
}

Result<DataNeeds> BoostLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> BoostLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    const int threads = fitThreads(request.threads);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    TY_TRY(const BoostSettings settings, boostSettings(request.settings, request.spec->seed));
    TY_TRY(const int patience, jsonField<int>(request.settings, "patience", "settings"));
    const LabelledPart training = trainingPart(request, encoder.task());
    const LabelledPart validation = validationPart(request, encoder.task());
    TY_CHECK(progress.emitPlan(settings.rounds, "rounds", training.samples.size() * featuresOf(encoder).size() * 5));
    TY_TRY(const FeatureTable rows, readFeatures(*training.dataset, encoder, training.samples, threads));
    const std::vector<float> targets = readTargets(*training.dataset, encoder, training.samples);
    TY_TRY(const FeatureTable unseen, readFeatures(*validation.dataset, encoder, validation.samples, threads));
    const std::vector<float> unseenTargets = readTargets(*validation.dataset, encoder, validation.samples);

    const int classes = encoder.task() == Task::Classification ? static_cast<int>(encoder.classes().size()) : 0;
    Boosting boosting(rows, targets, classes, settings, threads);
    const int step = std::max(1, settings.rounds / kBoostStages);
    std::vector<double> unseenScores = boosting.trees().startsFor(unseenTargets.size());
    double bestLoss = std::numeric_limits<double>::infinity();
    FitOutcome outcome;
    TY_TRY(const auto found, progress.resumedState());
    if (found && found->step > 0) {
        TY_TRY(Forest forest, forestFromTensors(found->tensors, rows.features(), 1));
        TY_CHECK(boosting.restore(std::move(forest.trees)));
        boosting.trees().addScores(unseen, 0, boosting.trees().trees.size(), unseenScores, threads);
        TY_TRY(outcome.bestEpoch, jsonField<int>(found->facts, "bestRound", "checkpoint"));
        TY_TRY(bestLoss, jsonFieldOr(found->facts, "bestLoss", bestLoss, "checkpoint"));
    }
    progress.keepCheckpoints([&] {
        Forest forest;
        forest.features = rows.features();
        forest.trees = boosting.trees().trees;
        return FitState{boosting.rounds(), {{"bestRound", outcome.bestEpoch}, {"bestLoss", bestLoss}}, forestTensors(forest)};
    });
    const auto isPatienceOver = [&] { return !unseenTargets.empty() && boosting.rounds() - outcome.bestEpoch >= patience; };
    bool isOver = boosting.rounds() > 0 && isPatienceOver();
    while (boosting.rounds() < settings.rounds && !isOver) {
        TY_TRY(const bool mayGoOn, progress.mayGoOn());
        if (!mayGoOn) {
            break;
        }
        const std::size_t before = boosting.trees().trees.size();
        if (!boosting.grow([&] { return progress.isAnythingWaiting(); })) {
            continue; // what waits is taken first
        }
        const BoostedTrees& trees = boosting.trees();
        trees.addScores(unseen, before, trees.trees.size(), unseenScores, threads);
        const Json ofValidation = stageMetrics(encoder, trees.toAnswers(unseenScores), unseenTargets);
        if (ofValidation.is_object() && ofValidation.value("loss", bestLoss) < bestLoss) {
            bestLoss = ofValidation["loss"].get<double>();
            outcome.bestEpoch = boosting.rounds();
        }
        isOver = isPatienceOver();
        if (boosting.rounds() % step == 0 || boosting.rounds() == settings.rounds || isOver) {
            TY_CHECK(progress.emitStage(
                boosting.rounds(), stageMetrics(encoder, trees.toAnswers(boosting.scores()), targets), ofValidation));
        }
    }
    outcome.outcome = isOver ? "early-stop" : progress.outcome();
    outcome.epochs = boosting.rounds();
    outcome.bestEpoch = unseenTargets.empty() ? outcome.epochs : outcome.bestEpoch;
    outcome.seconds = progress.seconds();
    if (outcome.epochs > 0) {
        boosting.keepRounds(std::max(1, outcome.bestEpoch));
        const Json card = makeModelCard(
            {name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings}, encoder);
        outcome.model = std::make_unique<BoostModel>(std::move(encoder), card, boosting.take());
    }
    return outcome;
}

} // namespace ty::engine
