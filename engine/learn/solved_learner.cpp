#include "engine/learn/solved_learner.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "engine/learn/device.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/importance_words.h"
#include "engine/learn/model_package.h"
#include "engine/learn/network_model.h"
#include "engine/learn/parameter_rows.h"
#include "engine/learn/stage_metrics.h"
#include "engine/linear/least_squares.h"
#include "engine/linear/logistic_regression.h"
#include "engine/linear/principal_components.h"

namespace ty::engine {

namespace {

ParameterTable makeSolvedTable(SolvedKind kind)
{
    constexpr const char* kPenalty = "Penalty";
    constexpr const char* kComputing = "Computation";
    std::vector<Parameter> rows;
    if (kind == SolvedKind::Logistic) {
        rows.push_back(searched(
            ranged(makeRow("cost", "Cost", ParameterType::Real, 1.0, kPenalty,
                           "What errors cost against large weights (C): lower keeps the answer plainer."), 1e-9, 1e9),
            1e-3, 1e3, true));
        rows.push_back(ranged(
            makeRow("passes", "Passes", ParameterType::Integer, 100, kComputing, "Passes over the data at most."), 1, 100'000));
        rows.push_back(advanced(ranged(
            makeRow("tolerance", "Tolerance", ParameterType::Real, 1e-4, kComputing, "Slope at which the weights are good enough."),
            1e-12, 1)));
    } else if (kind == SolvedKind::Components) {
        constexpr const char* kComponents = "Components";
        rows.push_back(searched(
            ranged(makeRow("components", "Components", ParameterType::Integer, nullptr, kComponents,
                           "Directions that are kept; automatic: as many as the share of the variance asks for."), 1, 100'000),
            1, 50, true));
        rows.push_back(ranged(
            makeRow("variance", "Share of the variance", ParameterType::Real, 0.95, kComponents,
                    "Of the differences between rows, what the kept directions hold."), 0.01, 1));
    } else if (kind != SolvedKind::LeastSquares) {
        rows.push_back(searched(
            ranged(makeRow("penalty", "Penalty", ParameterType::Real, kind == SolvedKind::Ridge ? 1.0 : 0.01, kPenalty,
                           kind == SolvedKind::Ridge ? "How strongly large weights are pulled back (alpha)."
                                                     : "How strongly weights are pulled to 0 (alpha), for a target of deviation 1."),
                   0, 1e9),
            1e-4, 100, true));
    }
    return ParameterTable(std::move(rows));
}

/// {rows, classes} probabilities or {rows} values, from the outputs.
std::vector<double> toAnswers(std::vector<double> outputs, std::size_t classes)
{
    for (std::size_t row = 0; classes > 0 && row < outputs.size() / classes; ++row) {
        double* const scores = outputs.data() + row * classes;
        const double highest = *std::max_element(scores, scores + classes);
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) {
            scores[c] = std::exp(scores[c] - highest);
            sum += scores[c];
        }
        for (std::size_t c = 0; c < classes; ++c) {
            scores[c] /= sum;
        }
    }
    return outputs;
}

/// What is fitted and what it is judged by.
struct SolvedData {
    const Encoder& encoder;
    DenseRows training;
    std::vector<float> trainingTargets;
    DenseRows validation;
    std::vector<float> validationTargets;
    int threads = 1;

    Json metrics(const LinearOutputs& linear, const DenseRows& rows, std::span<const float> targets) const
    {
        return stageMetrics(encoder, toAnswers(linear.outputs(rows, threads), encoder.classes().size()), targets);
    }
    Result<void> tell(FitProgress& progress, int pass, const LinearOutputs& linear) const
    {
        return progress.emitStage(
            pass, metrics(linear, training, trainingTargets), metrics(linear, validation, validationTargets));
    }
};

Result<LinearOutputs> solveLogistic(const Json& given, const SolvedData& data, FitProgress& progress, int& passes)
{
    LogisticSettings settings;
    settings.threads = data.threads;
    TY_TRY(settings.cost, jsonField<double>(given, "cost", "settings"));
    TY_TRY(settings.mostPasses, jsonField<int>(given, "passes", "settings"));
    TY_TRY(settings.tolerance, jsonField<double>(given, "tolerance", "settings"));
    const auto told = [&](int pass, double loss, const LinearOutputs& linear) -> Result<bool> {
        passes = pass;
        TY_CHECK(progress.emitStep(pass, pass, "objective", loss));
        if (pass % 5 == 0) { // judging the validation part takes about as long as a pass
            TY_CHECK(data.tell(progress, pass, linear));
        }
        return progress.mayGoOn();
    };
    return fitLogistic(
        data.training, data.trainingTargets, static_cast<int>(data.encoder.classes().size()), settings, told);
}

/// Weights of the components as weights of the inputs.
LinearOutputs toInputs(const LinearOutputs& ofComponents, const PrincipalComponents& components)
{
    const std::size_t inputs = components.means.size();
    const std::size_t outputs = ofComponents.offsets.size();
    LinearOutputs made{std::vector<double>(outputs * inputs), ofComponents.offsets};
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t c = 0; c < components.components(); ++c) {
            const double weight = ofComponents.weights[o * components.components() + c];
            for (std::size_t j = 0; j < inputs; ++j) {
                made.weights[o * inputs + j] += weight * components.directions[c * inputs + j];
                made.offsets[o] -= weight * components.directions[c * inputs + j] * components.means[j];
            }
        }
    }
    return made;
}

/// As many components as asked for, or as hold the share of the variance.
Result<std::size_t> componentsToKeep(const Json& given, const PrincipalComponents& all)
{
    const Json count = given.value("components", Json());
    if (count.is_number()) {
        return std::clamp<std::size_t>(count.get<std::size_t>(), 1, all.components());
    }
    TY_TRY(const double share, jsonField<double>(given, "variance", "settings"));
    double held = 0;
    std::size_t kept = 0;
    while (kept < all.components() && (kept == 0 || held < share * all.totalVariance * (1 - 1e-12))) {
        held += all.variances[kept++];
    }
    return kept;
}

Result<LinearOutputs> solveComponents(const Json& given, const SolvedData& data, FitProgress& progress, Json& facts)
{
    Result<bool> answer = true;
    PrincipalComponents components = findComponents(data.training, data.training.columns(), data.threads, [&] {
        if (answer && *answer) { // a no stays one
            answer = progress.mayGoOn();
        }
        return answer && *answer;
    });
    TY_TRY(const bool isWhole, std::move(answer));
    if (!isWhole) {
        return Error{ErrorKind::Cancelled, "the run was stopped before its directions were found", {}};
    }
    TY_TRY(const std::size_t kept, componentsToKeep(given, components));
    facts = {{"components", kept}, {"shares", Json::array()}};
    double held = 0;
    for (std::size_t c = 0; c < kept; ++c) {
        const double share = components.totalVariance > 0 ? components.variances[c] / components.totalVariance : 0;
        facts["shares"].push_back(share);
        held += share;
        TY_CHECK(progress.emitPoint(static_cast<std::int64_t>(c + 1), 1, "variance_left", std::max(0.0, 1 - held)));
    }
    TY_CHECK(progress.note(fmt::format(
        "{} of {} directions are kept; they hold {:.1f} % of the differences between rows", kept, data.training.columns(), 100 * held)));
    components.variances.resize(kept);
    components.directions.resize(kept * data.training.columns());
    const DenseRows projected = components.project(data.training, data.threads);
    if (data.encoder.task() != Task::Classification) {
        return toInputs(fitRidge(projected, data.trainingTargets, 0, data.threads), components);
    }
    LogisticSettings settings;
    settings.threads = data.threads;
    TY_TRY(const LinearOutputs weights, fitLogistic(
        projected, data.trainingTargets, static_cast<int>(data.encoder.classes().size()), settings,
        [&](int, double, const LinearOutputs&) { return progress.mayGoOn(); }));
    return toInputs(weights, components);
}

Result<LinearOutputs> solve(
    SolvedKind kind, const Json& given, const SolvedData& data, FitProgress& progress, int& passes, Json& facts)
{
    if (kind == SolvedKind::Components) {
        passes = 1;
        return solveComponents(given, data, progress, facts);
    }
    if (kind == SolvedKind::Logistic) {
        return solveLogistic(given, data, progress, passes);
    }
    passes = 1;
    if (kind == SolvedKind::LeastSquares) {
        return fitRidge(data.training, data.trainingTargets, 0, data.threads);
    }
    TY_TRY(const double penalty, jsonField<double>(given, "penalty", "settings"));
    if (kind == SolvedKind::Ridge) {
        return fitRidge(data.training, data.trainingTargets, penalty, data.threads);
    }
    LassoSettings settings;
    settings.penalty = penalty;
    return fitLasso(data.training, data.trainingTargets, settings, data.threads, [&](int pass, double change) -> Result<bool> {
        passes = pass;
        TY_CHECK(progress.emitPoint(pass, static_cast<double>(pass) / settings.mostPasses, "change", change));
        return progress.mayGoOn();
    });
}

/// What each column weighs, for a change of one standard deviation: with its sign where there is one weight, else the root of the
/// mean square over the classes and the column's categories.
Json coefficients(const Encoder& encoder, const LinearOutputs& linear)
{
    const std::size_t inputs = encoder.inputSize();
    const std::size_t outputs = linear.offsets.size();
    if (encoder.kind() != DataKind::Table || inputs == 0) {
        return Json::array();
    }
    std::vector<Feature> columns;
    std::vector<double> weights;
    std::size_t first = 0;
    for (const EncodedColumn& column : encoder.columns()) {
        double squares = 0;
        for (std::size_t o = 0; o < outputs; ++o) {
            for (std::size_t j = first; j < first + column.width(); ++j) {
                squares += linear.weights[o * inputs + j] * linear.weights[o * inputs + j];
            }
        }
        const bool isOne = outputs == 1 && column.width() == 1;
        columns.push_back({column.name, 0});
        weights.push_back(
            isOne ? linear.weights[first] * encoder.targetDeviation()
                  : std::sqrt(squares / static_cast<double>(outputs * std::max<std::size_t>(1, column.width())))
                      * (outputs == 1 ? encoder.targetDeviation() : 1));
        first += column.width();
    }
    return importanceJson(columns, weights, "coefficient");
}

/// The network of one layer that computes `linear`.
Result<std::unique_ptr<Model>> toModel(Encoder encoder, Json card, const LinearOutputs& linear)
{
    ModelDescription network;
    network.input = encoder.inputShape();
    const auto outputs = static_cast<std::int64_t>(linear.offsets.size());
    network.layers.push_back({"output", "dense", {}, {{"units", outputs}}});
    TY_TRY(auto backend, makeBackend("cpu", 1));
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd; // the least memory; nothing is trained
    const bool areClasses = encoder.task() == Task::Classification;
    setup.loss = areClasses ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    TY_TRY(auto session, backend->createSession(network, setup, 0));
    std::vector<NamedTensor> parameters;
    for (const NamedTensor& item : session->parameters()) {
        parameters.push_back({item.name, item.tensor.clone()});
        const std::vector<double>& from = item.tensor.shape().size() == 1 ? linear.offsets : linear.weights;
        std::transform(from.begin(), from.end(), parameters.back().tensor.floats().begin(), [](double value) {
            return static_cast<float>(value);
        });
    }
    TY_CHECK(session->setParameters(parameters));
    return std::unique_ptr<Model>(
        std::make_unique<NetworkModel>(std::move(encoder), std::move(card), std::move(backend), std::move(session)));
}

} // namespace

SolvedLearner::SolvedLearner(SolvedKind kind) : m_kind(kind), m_table(makeSolvedTable(kind)) {}

std::string SolvedLearner::name() const
{
    switch (m_kind) {
    case SolvedKind::LeastSquares:
        return "least-squares";
    case SolvedKind::Ridge:
        return "ridge";
    case SolvedKind::Lasso:
        return "lasso";
    case SolvedKind::Components:
        return "pca";
    case SolvedKind::Logistic:
        break;
    }
    return "logistic";
}

std::string SolvedLearner::label() const
{
    switch (m_kind) {
    case SolvedKind::LeastSquares:
        return "Least squares";
    case SolvedKind::Ridge:
        return "Ridge regression";
    case SolvedKind::Lasso:
        return "Lasso";
    case SolvedKind::Components:
        return "Principal components";
    case SolvedKind::Logistic:
        break;
    }
    return "Logistic regression";
}

std::string SolvedLearner::help() const
{
    switch (m_kind) {
    case SolvedKind::LeastSquares:
        return "The straight line through the data, solved at once: what a value is compared with.";
    case SolvedKind::Ridge:
        return "Least squares that keeps weights small: better where columns depend on one another or rows are few.";
    case SolvedKind::Lasso:
        return "Least squares that sets the weights of useless columns to 0: tells which columns matter.";
    case SolvedKind::Components:
        return "Keeps the few directions in which rows differ most, and learns from them: steadier where columns say the same.";
    case SolvedKind::Logistic:
        break;
    }
    return "Weighs the columns and turns the sum into probabilities, solved to the end: quick and easy to read.";
}

Result<DataNeeds> SolvedLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> SolvedLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    SolvedData data{encoder, {}, {}, {}, {}, fitThreads(request.threads)};
    const LabelledPart training = trainingPart(request, encoder.task());
    const LabelledPart validation = validationPart(request, encoder.task());
    const int most = m_kind == SolvedKind::Logistic ? request.settings.value("passes", 1) : 1;
    TY_CHECK(progress.emitPlan(most, "passes", training.samples.size() * encoder.inputSize() * sizeof(float)));
    TY_TRY(data.training, readEncoded(*training.dataset, encoder, training.samples, data.threads));
    TY_TRY(data.validation, readEncoded(*validation.dataset, encoder, validation.samples, data.threads));
    data.trainingTargets = readTargets(*training.dataset, encoder, training.samples);
    data.validationTargets = readTargets(*validation.dataset, encoder, validation.samples);
    FitOutcome outcome;
    Json facts;
    auto solved = solve(m_kind, request.settings, data, progress, outcome.epochs, facts);
    if (!solved && solved.error().kind == ErrorKind::Cancelled && progress.outcome() != "completed") {
        outcome.outcome = "stopped"; // half of the directions are none
        outcome.seconds = progress.seconds();
        return outcome;
    }
    TY_TRY(const LinearOutputs linear, std::move(solved));
    TY_CHECK(data.tell(progress, outcome.epochs, linear));
    outcome.outcome = progress.outcome();
    outcome.bestEpoch = outcome.epochs;
    outcome.seconds = progress.seconds();
    const ModelOrigin origin{
        name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings};
    Json card = makeModelCard(origin, encoder);
    card["importance"] = coefficients(encoder, linear);
    if (facts.is_object()) {
        card["components"] = facts;
    }
    TY_TRY(outcome.model, toModel(encoder, card, linear));
    return outcome;
}

} // namespace ty::engine
