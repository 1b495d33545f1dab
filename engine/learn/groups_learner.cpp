#include "engine/learn/groups_learner.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/memory_guard.h"
#include "engine/data/problems.h"
#include "engine/groups/density_groups.h"
#include "engine/groups/group_scores.h"
#include "engine/groups/hierarchy.h"
#include "engine/groups/k_means.h"
#include "engine/groups/neighbours.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/group_facts.h"
#include "engine/learn/groups_model.h"
#include "engine/learn/groups_state.h"
#include "engine/learn/model_package.h"
#include "engine/learn/parameter_rows.h"
#include "engine/learn/readout.h"
#include "engine/learn/stage_metrics.h"

namespace ty::engine {

namespace {

constexpr std::size_t kReachRows = 2000;      ///< whose neighbours tell how dense the data are
constexpr std::size_t kFullColumns = 64;      ///< up to which a mixture's columns may depend on one another by itself

ParameterTable makeGroupsTable(GroupsKind kind)
{
    constexpr const char* kGroups = "Groups";
    constexpr const char* kComputing = "Computation";
    std::vector<Parameter> rows;
    if (kind != GroupsKind::Density) {
        rows.push_back(searched(
            ranged(makeRow("groups", "Groups", ParameterType::Integer, nullptr, kGroups,
                           "How many groups there are; automatic: one a class, or 8 for values; without a target from 2 to 10, those that lie farthest apart."), 1, 10'000),
            2, 50, true));
    }
    switch (kind) {
    case GroupsKind::KMeans:
        rows.push_back(ranged(makeRow("restarts", "Beginnings", ParameterType::Integer, 10, kComputing,
                                      "Beginnings of which the best is kept."), 1, 1000));
        rows.push_back(checkpointRow(kComputing));
        rows.push_back(advanced(ranged(makeRow("passes", "Passes", ParameterType::Integer, 300, kComputing, "Passes of a beginning at most."), 1, 100'000)));
        rows.push_back(advanced(ranged(makeRow("tolerance", "Tolerance", ParameterType::Real, 1e-4, kComputing,
                                               "Way of the centres, against the columns' variance, at which they are good enough."), 0, 1)));
        break;
    case GroupsKind::Mixture:
        rows.push_back(choice("covariance", "Covariance", {"auto", "full", "diagonal"}, "auto", kGroups,
                              "Whether columns may depend on one another within a group: full (yes), diagonal (no), auto: full up to 64 inputs."));
        rows.push_back(advanced(ranged(makeRow("passes", "Passes", ParameterType::Integer, 100, kComputing, "Passes over the data at most."), 1, 100'000)));
        rows.push_back(advanced(ranged(makeRow("tolerance", "Tolerance", ParameterType::Real, 1e-3, kComputing,
                                               "Growth of the mean log-likelihood at which it is good enough."), 0, 1)));
        rows.push_back(advanced(ranged(makeRow("floor", "Least variance", ParameterType::Real, 1e-6, kComputing,
                                               "Added to the variances, so that no group shrinks to a point."), 0, 1)));
        rows.push_back(checkpointRow(kComputing));
        break;
    case GroupsKind::Density:
        rows.push_back(searched(
            ranged(makeRow("reach", "Reach", ParameterType::Real, nullptr, kGroups,
                           "Distance up to which rows are neighbours (eps), in deviations; automatic: from how far neighbours are."), 1e-9, 1e9),
            0.1, 10, true));
        rows.push_back(ranged(makeRow("fewest", "Fewest neighbours", ParameterType::Integer, 5, kGroups,
                                      "Rows within reach, itself among them, that make a place dense."), 1, 1'000'000));
        break;
    case GroupsKind::Hierarchy:
        rows.push_back(choice("linkage", "Linkage", {"ward", "average", "complete", "single"}, "ward", kGroups,
                              "Which two groups become one: those whose squared distances grow least (ward), or with the least mean, largest or "
                              "smallest distance of members."));
        break;
    }
    return ParameterTable(std::move(rows));
}

/// What grouping found, of the training rows.
struct Found {
    GroupPoints points;
    GaussianMixture mixture;
    std::vector<std::uint32_t> groupOf; ///< {rows}
    std::size_t groups = 0; ///< that rows can be of, noise among them
    Json facts;
};

struct Grouping {
    const Json& settings;
    const DenseRows& rows;
    std::size_t classes;
    bool isWithoutTarget;
    std::uint64_t seed;
    int threads;
    FitProgress& progress;
    std::int64_t steps = 0;
    int beginnings = 1; ///< of k-means, that were begun

    Result<std::size_t> wanted();
    Result<Found> byKMeans();
    Result<Found> byMixture();
    Result<Found> byDensity();
    Result<Found> byHierarchy();
    double usualReach(std::size_t fewest) const;
};

Result<std::size_t> Grouping::wanted()
{
    const Json given = settings.value("groups", Json());
    if (given.is_number()) {
        return given.get<std::size_t>();
    }
    if (!isWithoutTarget) {
        return std::min(rows.rows(), classes > 0 ? classes : std::size_t{8});
    }
    TY_TRY(const std::size_t likely, likelyGroups(rows, seed, threads));
    TY_CHECK(progress.note(
        likely > 1 ? fmt::format("{} groups, of 2 to 10 the number that k-means finds farthest apart (silhouette)", likely)
                   : std::string("1 group: no number of groups from 2 to 10 tells the rows apart")));
    return likely;
}

Result<Found> Grouping::byKMeans()
{
    KMeansSettings given;
    TY_TRY(given.groups, wanted());
    given.seed = seed;
    given.threads = threads;
    TY_TRY(given.restarts, jsonField<int>(settings, "restarts", "settings"));
    TY_TRY(given.mostPasses, jsonField<int>(settings, "passes", "settings"));
    TY_TRY(given.tolerance, jsonField<double>(settings, "tolerance", "settings"));
    given.isInterrupted = [this] { return progress.isAnythingWaiting(); };
    TY_TRY(const auto resumed, progress.resumedState());
    KMeansState from;
    if (resumed) {
        steps = resumed->step;
        TY_TRY(from, kMeansStateOf(*resumed, given.groups, rows));
    }
    const std::function<KMeansState()>* state = nullptr;
    progress.keepCheckpoints([&] { return stateOf((*state)(), steps); });
    const auto told = [&](const KMeansPass& pass) -> Result<bool> {
        if (pass.pass > 0) {
            TY_CHECK(progress.emitStep(++steps, pass.restart, "inertia", pass.inertia));
        }
        state = &pass.state;
        beginnings = pass.restart + 1;
        return progress.mayGoOn();
    };
    TY_TRY(KMeans made, fitKMeans(rows, given, told, resumed ? &from : nullptr));
    Found found;
    found.facts = {{"kind", "k-means"}, {"count", given.groups}, {"inertia", made.inertia}, {"passes", made.passes}};
    found.groups = given.groups;
    found.groupOf = std::move(made.groupOf);
    found.points = {std::move(made.centres), {}, given.groups, 0};
    for (std::uint32_t g = 0; g < given.groups; ++g) {
        found.points.groupOf.push_back(g);
    }
    return found;
}

Result<Found> Grouping::byMixture()
{
    MixtureSettings given;
    TY_TRY(given.groups, wanted());
    given.seed = seed;
    given.threads = threads;
    TY_TRY(const auto covariance, jsonField<std::string>(settings, "covariance", "settings"));
    given.isFull = covariance == "full" || (covariance == "auto" && rows.columns() <= kFullColumns);
    TY_TRY(given.mostPasses, jsonField<int>(settings, "passes", "settings"));
    TY_TRY(given.tolerance, jsonField<double>(settings, "tolerance", "settings"));
    TY_TRY(given.floor, jsonField<double>(settings, "floor", "settings"));
    given.isInterrupted = [this] { return progress.isAnythingWaiting(); };
    TY_TRY(const auto resumed, progress.resumedState());
    MixtureState from;
    if (resumed) {
        TY_TRY(from, mixtureStateOf(*resumed, given, rows.columns()));
    }
    double last = from.before;
    steps = std::max(0, from.pass - 1);
    const MixtureState* now = nullptr;
    progress.keepCheckpoints([&] { return stateOf(*now); });
    const auto told = [&](double likelihood, const MixtureState& state) -> Result<bool> {
        if (state.pass > steps && !std::isnan(likelihood)) { // an interrupted pass has none
            steps = state.pass;
            last = likelihood;
            TY_CHECK(progress.emitPoint(steps, static_cast<double>(state.pass) / given.mostPasses, "log_likelihood", likelihood));
        }
        now = &state;
        return progress.mayGoOn();
    };
    Found found;
    TY_TRY(found.mixture, fitMixture(rows, given, told, resumed ? &from : nullptr));
    found.facts = {{"kind", "mixture"}, {"count", given.groups}, {"full", given.isFull}, {"logLikelihood", last}, {"passes", steps}};
    found.groups = given.groups;
    const auto parts = found.mixture.responsibilities(rows, threads);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto line = parts.begin() + static_cast<std::ptrdiff_t>(i * found.groups);
        found.groupOf.push_back(static_cast<std::uint32_t>(
            std::max_element(line, line + static_cast<std::ptrdiff_t>(found.groups)) - line));
    }
    return found;
}

/// Within which nine of ten rows have as many neighbours as a dense place has.
double Grouping::usualReach(std::size_t fewest) const
{
    const std::size_t count = std::min(rows.rows(), kReachRows);
    DenseRows some(count, rows.columns());
    for (std::size_t i = 0; i < count; ++i) {
        const auto row = rows.row(i * rows.rows() / count);
        std::copy(row.begin(), row.end(), some.row(i).begin());
    }
    const std::size_t near = std::min(fewest, rows.rows());
    const auto found = nearestPoints(some, rows, near, threads);
    std::vector<float> distances;
    for (std::size_t i = 0; i < count; ++i) {
        distances.push_back(std::sqrt(found[i * near + near - 1].distance));
    }
    std::sort(distances.begin(), distances.end());
    return std::max(1e-6, static_cast<double>(distances[(distances.size() - 1) * 9 / 10]));
}

Result<Found> Grouping::byDensity()
{
    TY_TRY(const auto fewest, jsonField<std::size_t>(settings, "fewest", "settings"));
    const Json given = settings.value("reach", Json());
    const double reach = given.is_number() ? given.get<double>() : usualReach(fewest);
    TY_TRY(const DensityGroups made, findDensityGroups(rows, reach, fewest, threads, [&](double share) -> Result<bool> {
        TY_CHECK(progress.emitStep(++steps, share, "rows_to_do", static_cast<double>(rows.rows()) * (1 - share)));
        return progress.mayGoOn();
    }));
    Found found;
    std::size_t noise = 0;
    std::vector<std::size_t> cores;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const bool isNoise = made.groupOf[i] == DensityGroups::kNoise;
        noise += isNoise ? 1 : 0;
        found.groupOf.push_back(isNoise ? static_cast<std::uint32_t>(made.groups) : made.groupOf[i]);
        if (made.isCore[i]) {
            cores.push_back(i);
            found.points.groupOf.push_back(made.groupOf[i]);
        }
    }
    found.points.points = DenseRows(cores.size(), rows.columns());
    for (std::size_t c = 0; c < cores.size(); ++c) {
        std::copy_n(rows.row(cores[c]).begin(), rows.columns(), found.points.points.row(c).begin());
    }
    found.points.groups = made.groups;
    found.points.reach = reach;
    found.groups = made.groups + 1;
    found.facts = {{"kind", "dbscan"}, {"count", made.groups}, {"reach", reach}, {"noise", noise}};
    return found;
}

Result<Found> Grouping::byHierarchy()
{
    TY_TRY(const auto linkage, jsonField<std::string>(settings, "linkage", "settings"));
    const Linkage kind = linkage == "average" ? Linkage::Average
        : linkage == "complete"               ? Linkage::Complete
        : linkage == "single"                 ? Linkage::Single
                                              : Linkage::Ward;
    TY_TRY(const auto merges, guardMemory("the distances of all rows", [&] {
        return mergeRows(rows, kind, [&](double share) -> Result<bool> {
            TY_CHECK(progress.emitStep(++steps, share, "groups_left", static_cast<double>(rows.rows()) * (1 - share)));
            return progress.mayGoOn();
        });
    }));
    Found found;
    TY_TRY(const std::size_t wantedGroups, wanted());
    found.groups = std::min(wantedGroups, rows.rows());
    found.groupOf = cutHierarchy(merges, found.groups);
    found.points = {rows, found.groupOf, found.groups, 0}; // a new row goes with its nearest row
    Json heights = Json::array(); // of the last merges: where the gap is large, groups are far apart
    for (std::size_t m = merges.size() - std::min<std::size_t>(merges.size(), 20); m < merges.size(); ++m) {
        heights.push_back(merges[m].height);
    }
    found.facts = {{"kind", "hierarchical"}, {"count", found.groups}, {"linkage", linkage}, {"lastHeights", heights}};
    return found;
}

/// How well the groups are told apart, and how far they agree with the classes.
void addScores(Found& found, const DenseRows& rows, std::span<const float> targets, bool areClasses, int threads)
{
    std::vector<std::size_t> sizes(found.groups);
    for (const std::uint32_t group : found.groupOf) {
        ++sizes[group];
    }
    found.facts["sizes"] = sizes;
    found.facts["silhouette"] = sampledSilhouette(rows, found.groupOf, found.facts["count"].get<std::size_t>(), threads);
    if (areClasses) {
        found.facts["adjustedRand"] = adjustedRandIndex(found.groupOf, std::vector<std::uint32_t>(targets.begin(), targets.end()));
    }
}

/// @param of  {groups, each}; made {groups, each} with group `order[g]` in place g
std::vector<double> inOrder(const std::vector<double>& of, const std::vector<std::uint32_t>& order)
{
    const std::size_t each = of.size() / std::max<std::size_t>(1, order.size());
    std::vector<double> made;
    for (const std::uint32_t group : order) {
        const auto from = of.begin() + static_cast<std::ptrdiff_t>(group * each);
        made.insert(made.end(), from, from + static_cast<std::ptrdiff_t>(each));
    }
    return made;
}

/// Numbers the groups by the rows they have, the largest first: a name says something then.
void orderBySize(Found& found)
{
    const auto groups = found.facts["count"].get<std::size_t>();
    std::vector<std::size_t> sizes(found.groups);
    for (const std::uint32_t group : found.groupOf) {
        ++sizes[group];
    }
    std::vector<std::uint32_t> order(groups);
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return sizes[a] > sizes[b]; });
    std::vector<std::uint32_t> placeOf(found.groups);
    std::iota(placeOf.begin(), placeOf.end(), 0U); // noise stays the last
    for (std::uint32_t place = 0; place < groups; ++place) {
        placeOf[order[place]] = place;
    }
    for (std::vector<std::uint32_t>* numbers : {&found.groupOf, &found.points.groupOf}) {
        std::transform(numbers->begin(), numbers->end(), numbers->begin(), [&](std::uint32_t group) { return placeOf[group]; });
    }
    found.mixture.logShares = inOrder(found.mixture.logShares, order);
    found.mixture.means = inOrder(found.mixture.means, order);
    found.mixture.scales = inOrder(found.mixture.scales, order);
}

} // namespace

GroupsLearner::GroupsLearner(GroupsKind kind) : m_kind(kind), m_table(makeGroupsTable(kind)) {}

std::string GroupsLearner::name() const
{
    return m_kind == GroupsKind::KMeans ? "k-means"
        : m_kind == GroupsKind::Mixture ? "mixture"
        : m_kind == GroupsKind::Density ? "dbscan"
                                        : "hierarchical";
}

std::string GroupsLearner::label() const
{
    return m_kind == GroupsKind::KMeans ? "k-means"
        : m_kind == GroupsKind::Mixture ? "Gaussian mixture"
        : m_kind == GroupsKind::Density ? "DBSCAN"
                                        : "Hierarchical groups";
}

std::string GroupsLearner::help() const
{
    switch (m_kind) {
    case GroupsKind::KMeans:
        return "Finds groups around centres. A target is not looked at; what each group says of it is told afterwards.";
    case GroupsKind::Mixture:
        return "Finds overlapping clouds; each row belongs to each with a probability. A target is not looked at.";
    case GroupsKind::Density:
        return "Finds dense places of any shape; rows between them are noise. A target is not looked at.";
    case GroupsKind::Hierarchy:
        break;
    }
    return "Joins the nearest rows, then the nearest groups, until as many are left as wanted; up to 20,000 rows.";
}

Result<DataNeeds> GroupsLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> GroupsLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    const int threads = fitThreads(request.threads);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    const LabelledPart training = trainingPart(request, encoder.task());
    const LabelledPart validation = validationPart(request, encoder.task());
    const std::size_t pairs = m_kind == GroupsKind::Hierarchy ? training.samples.size() * training.samples.size() * sizeof(float) : 0;
    TY_CHECK(progress.emitPlan(
        m_kind == GroupsKind::KMeans ? request.settings.value("restarts", 1) : 1, m_kind == GroupsKind::KMeans ? "beginnings" : "passes",
        training.samples.size() * encoder.inputSize() * sizeof(float) + pairs));
    TY_TRY(const DenseRows rows, readEncoded(*training.dataset, encoder, training.samples, threads));
    const std::vector<float> targets = readTargets(*training.dataset, encoder, training.samples);
    const bool isWithoutTarget = encoder.task() == Task::Grouping;
    Grouping grouping{request.settings, rows, encoder.classes().size(), isWithoutTarget, request.spec->seed, threads, progress};
    auto grouped = m_kind == GroupsKind::KMeans ? grouping.byKMeans()
        : m_kind == GroupsKind::Mixture         ? grouping.byMixture()
        : m_kind == GroupsKind::Density         ? grouping.byDensity()
                                                : grouping.byHierarchy();
    FitOutcome outcome;
    outcome.outcome = progress.outcome();
    if (!grouped && grouped.error().kind == ErrorKind::Cancelled && outcome.outcome != "completed") {
        outcome.outcome = "stopped"; // half of such groups are none
        outcome.seconds = progress.seconds();
        return outcome;
    }
    TY_TRY(Found found, std::move(grouped));
    if (isWithoutTarget) {
        orderBySize(found);
        encoder.nameGroups(groupNames(found.facts["count"].get<std::size_t>(), m_kind == GroupsKind::Density));
    }
    addScores(found, rows, targets, encoder.task() == Task::Classification, threads);
    TY_CHECK(progress.note(fmt::format(
        "{} found{}{}", counted(found.facts["count"].get<std::uint64_t>(), "groups"), isWithoutTarget ? "" : " without a look at the target",
        found.facts["silhouette"].is_number()
            ? fmt::format("; silhouette {:.3f} (1: far apart, 0: touching)", found.facts["silhouette"].get<double>())
            : std::string())));
    Json card = makeModelCard(
        {name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings}, encoder);
    card["groups"] = found.facts;
    const bool isMixture = m_kind == GroupsKind::Mixture;
    auto read = isWithoutTarget ? std::vector<double>()
        : isMixture             ? readOut(encoder, found.mixture.responsibilities(rows, threads), found.groups, targets)
                                : readOut(encoder, found.groupOf, found.groups, targets);
    auto model = isMixture
        ? std::make_unique<GroupsModel>(encoder, card, std::move(found.mixture), std::move(read))
        : std::make_unique<GroupsModel>(encoder, card, std::move(found.points), std::move(read));
    TY_TRY(const DenseRows unseen, readEncoded(*validation.dataset, encoder, validation.samples, threads));
    if (isWithoutTarget) {
        TY_CHECK(progress.emitStage(
            grouping.beginnings, model->measuresOf(rows, threads), unseen.rows() == 0 ? Json() : model->measuresOf(unseen, threads)));
        outcome.epochs = grouping.beginnings;
        outcome.bestEpoch = grouping.beginnings;
        outcome.seconds = progress.seconds();
        outcome.model = std::move(model);
        return outcome;
    }
    // The rows of k-means are with their nearest centres already.
    const auto answered = m_kind == GroupsKind::KMeans ? model->answersOf(found.groupOf) : model->answersFor(rows, threads);
    Json ofTraining = stageMetrics(encoder, answered, targets);
    ofTraining["silhouette"] = found.facts["silhouette"];
    TY_CHECK(progress.emitStage(
        grouping.beginnings, ofTraining,
        stageMetrics(encoder, model->answersFor(unseen, threads), readTargets(*validation.dataset, encoder, validation.samples))));
    outcome.epochs = grouping.beginnings;
    outcome.bestEpoch = grouping.beginnings;
    outcome.seconds = progress.seconds();
    outcome.model = std::move(model);
    return outcome;
}

} // namespace ty::engine
