#include "engine/learn/forest_learner.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "engine/exchange/forest_tensors.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/forest_model.h"
#include "engine/learn/model_package.h"
#include "engine/learn/stage_metrics.h"
#include "engine/learn/stored_numbers.h"

namespace ty::engine {

namespace {

constexpr int kStages = 25; ///< points of a chart: each asks the new trees for the validation part

/// The rows of a part with their targets.
struct Rows {
    FeatureTable table;
    std::vector<float> targets;
};

Result<Rows> readRows(const LabelledPart& part, const Encoder& encoder, int threads)
{
    Rows rows;
    TY_TRY(rows.table, readFeatures(*part.dataset, encoder, part.samples, threads));
    rows.targets = readTargets(*part.dataset, encoder, part.samples);
    return rows;
}

Json outOfBagMetrics(const ForestGrowth& growth, const Encoder& encoder, std::span<const float> targets)
{
    const OutOfBag unseen = growth.outOfBag();
    std::vector<float> truths;
    truths.reserve(unseen.rows.size());
    for (const std::uint32_t row : unseen.rows) {
        truths.push_back(targets[row]);
    }
    return stageMetrics(encoder, unseen.answers, truths);
}

/// The validation part's answers, to which new trees are added.
class ValidationScore {
public:
    explicit ValidationScore(Rows rows) : m_rows(std::move(rows)) {}

    Json after(const Forest& forest, const Encoder& encoder, int threads)
    {
        if (m_rows.targets.empty()) {
            return nullptr;
        }
        m_sums.resize(m_rows.targets.size() * static_cast<std::size_t>(forest.outputs));
        forest.addAnswers(m_rows.table, m_trees, forest.trees.size(), m_sums, threads);
        m_trees = forest.trees.size();
        std::vector<double> means(m_sums.size());
        for (std::size_t i = 0; i < means.size(); ++i) {
            means[i] = m_sums[i] / static_cast<double>(m_trees);
        }
        return stageMetrics(encoder, means, m_rows.targets);
    }

private:
    Rows m_rows;
    std::vector<double> m_sums;
    std::size_t m_trees = 0;
};

/// Takes over the trees of a run that is resumed, and keeps those that are grown.
Result<void> goOn(ForestGrowth& growth, FitProgress& progress, int outputs)
{
    TY_TRY(const auto found, progress.resumedState());
    if (found && found->step > 0) {
        TY_TRY(Forest forest, forestFromTensors(found->tensors, growth.forest().features, outputs));
        ForestGrowth::Counts counts;
        TY_TRY(counts.sums, countsOf(found->tensors, "unseen.sums", -1));
        TY_TRY(counts.votes, countsOf(found->tensors, "unseen.votes", -1));
        TY_CHECK(growth.restore(std::move(forest), std::move(counts)));
    }
    progress.keepCheckpoints([&growth] {
        FitState state;
        state.step = static_cast<std::int64_t>(growth.forest().trees.size());
        state.tensors = forestTensors(growth.forest());
        const ForestGrowth::Counts counts = growth.counts();
        state.tensors.push_back(storedCounts("unseen.sums", counts.sums));
        state.tensors.push_back(storedCounts("unseen.votes", counts.votes));
        return state;
    });
    return {};
}

} // namespace

std::string ForestLearner::name() const
{
    switch (m_kind) {
    case ForestKind::ExtraTrees:
        return "extra-trees";
    case ForestKind::SilasLike:
        return "silas-like";
    case ForestKind::Tree:
        return "tree";
    case ForestKind::RandomForest:
        break;
    }
    return "forest";
}

std::string ForestLearner::label() const
{
    switch (m_kind) {
    case ForestKind::ExtraTrees:
        return "Extra trees";
    case ForestKind::SilasLike:
        return "Forest, Silas-like";
    case ForestKind::Tree:
        return "Decision tree";
    case ForestKind::RandomForest:
        break;
    }
    return "Random forest";
}

std::string ForestLearner::help() const
{
    switch (m_kind) {
    case ForestKind::ExtraTrees:
        return "Many trees whose questions are partly drawn at random: quick, and smoother than a random forest.";
    case ForestKind::SilasLike:
        return "A random forest with the settings of the forest tool Silas: a quarter of the columns, 32 levels, no split below 32 rows, categories in their order.";
    case ForestKind::Tree:
        return "One tree of questions that a person can read from root to leaf.";
    case ForestKind::RandomForest:
        break;
    }
    return "Many trees that vote: strong on tables without any tuning, takes categories and missing values as they are.";
}

Result<DataNeeds> ForestLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> ForestLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    const int threads = fitThreads(request.threads);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    const int outputs = encoder.task() == Task::Classification ? static_cast<int>(encoder.classes().size()) : 1;
    if (outputs > ForestGrowth::kMostClasses) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format("{} classes are more than the {} that trees count", outputs, ForestGrowth::kMostClasses),
            "Choose the learner \"network\"."};
    }
    const std::size_t features = featuresOf(encoder).size();
    TY_TRY(const ForestSettings settings, forestSettings(m_kind, request.settings, encoder.task(), features, request.spec->seed));
    TY_CHECK(progress.emitPlan(
        settings.trees, "trees", (request.split.training.size() + request.split.validation.size()) * features * 5));
    TY_TRY(const Rows training, readRows(trainingPart(request, encoder.task()), encoder, threads));
    TY_TRY(Rows validation, readRows(validationPart(request, encoder.task()), encoder, threads));
    ValidationScore score(std::move(validation));
    std::vector<std::uint32_t> rows(training.targets.size());
    std::iota(rows.begin(), rows.end(), 0U);

    if (m_kind != ForestKind::Tree && settings.sampling != RowSampling::All) {
        TY_CHECK(progress.note("the training score is that of the rows which a tree did not see (out of bag)"));
    }
    ForestGrowth growth(training.table, training.targets, std::move(rows), outputs, settings, threads);
    TY_CHECK(goOn(growth, progress, outputs));
    const int step = std::max(threads, (settings.trees + kStages - 1) / kStages);
    while (!growth.isComplete()) {
        TY_TRY(const bool mayGoOn, progress.mayGoOn());
        if (!mayGoOn) {
            break;
        }
        const std::size_t before = growth.forest().trees.size();
        // Stages lie at the same trees, however often the growing was interrupted.
        const int untilStage = step - static_cast<int>(before) % step;
        growth.grow(
            untilStage, [&] { return progress.isAnythingWaiting(); }, [&] { return progress.isCheckpointDue(); });
        if (!growth.isComplete() && growth.forest().trees.size() % static_cast<std::size_t>(step) != 0) {
            continue; // what waits is taken first
        }
        const Json ofTraining = settings.sampling == RowSampling::All
            ? Json()
            : outOfBagMetrics(growth, encoder, training.targets);
        TY_CHECK(progress.emitStage(
            static_cast<int>(growth.forest().trees.size()), ofTraining, score.after(growth.forest(), encoder, threads)));
    }
    FitOutcome outcome;
    outcome.outcome = progress.outcome();
    if (outcome.outcome == "finished-now" && growth.takeCutTree()) {
        TY_CHECK(progress.note("the first tree was not finished: the questions that it had not come to are left out"));
    }
    outcome.epochs = static_cast<int>(growth.forest().trees.size());
    outcome.bestEpoch = outcome.epochs; // all trees are kept: more are never worse
    outcome.seconds = progress.seconds();
    if (outcome.epochs > 0) {
        const ModelOrigin origin{
            name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings};
        const Json card = makeModelCard(origin, encoder);
        outcome.model = std::make_unique<ForestModel>(std::move(encoder), card, growth.take());
    }
    return outcome;
}

} // namespace ty::engine
