#include "engine/learn/bayes_learner.h"

#include <vector>

#include "engine/exchange/bayes_exchange.h"
#include "engine/learn/bayes_model.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/model_package.h"
#include "engine/learn/parameter_rows.h"
#include "engine/learn/stage_metrics.h"

namespace ty::engine {

namespace {

ParameterTable makeBayesTable(BayesKind kind)
{
    constexpr const char* kGroup = "Probabilities";
    std::vector<Parameter> rows;
    const bool isGaussian = kind == BayesKind::Gaussian;
    rows.push_back(searched(
        ranged(
            makeRow(
                "smoothing", "Smoothing", ParameterType::Real, isGaussian ? 1e-9 : 1.0, kGroup,
                isGaussian ? "Part of the largest variance that is added to all, so that none is 0."
                           : "Samples of each kind that are counted before the first (alpha), so that nothing is impossible."),
            1e-12, 1000),
        isGaussian ? 1e-12 : 1e-3, isGaussian ? 1e-3 : 10, true));
    rows.push_back(makeRow(
        "learnPriors", "Learn how frequent classes are", ParameterType::Boolean, true, kGroup,
        "Off: all classes are equally likely before a sample is seen."));
    return ParameterTable(std::move(rows));
}

/// What is 1 for Bernoulli and a count for Multinomial, input by input: numbers above their mean, categories that are there,
/// flags; pixels brighter than their mean.
void describeInputs(const Encoder& encoder, BayesSettings& settings)
{
    const std::size_t inputs = encoder.inputSize();
    if (encoder.kind() == DataKind::Image) {
        const std::size_t plane = inputs / encoder.imageMean().size();
        for (std::size_t j = 0; j < inputs; ++j) {
            settings.thresholds.push_back(0.0F);
            settings.scales.push_back(static_cast<double>(encoder.imageDeviation()[j / plane]));
            settings.shifts.push_back(static_cast<double>(encoder.imageMean()[j / plane]));
        }
        return;
    }
    for (const EncodedColumn& column : encoder.columns()) {
        const bool isNumber = column.kind == EncodedColumn::Kind::Standardised;
        for (std::size_t j = 0; j < column.width(); ++j) {
            const bool isStandardised = isNumber && j == 0;
            settings.thresholds.push_back(isStandardised || column.kind == EncodedColumn::Kind::YearCycle ? 0.0F : 0.5F);
            settings.scales.push_back(isStandardised ? column.deviation : 1.0);
            settings.shifts.push_back(isStandardised ? column.mean : column.kind == EncodedColumn::Kind::YearCycle ? 1.0 : 0.0);
        }
    }
}

Result<Json> bayesMetricsOf(const NaiveBayes& bayes, const Encoder& encoder, const LabelledPart& part, int threads)
{
    TY_TRY(const DenseRows rows, readEncoded(*part.dataset, encoder, part.samples, threads));
    return stageMetrics(encoder, bayes.answers(rows, threads), readTargets(*part.dataset, encoder, part.samples));
}

} // namespace

BayesLearner::BayesLearner(BayesKind kind) : m_kind(kind), m_table(makeBayesTable(kind)) {}

std::string BayesLearner::name() const
{
    return std::string(bayesName(m_kind)) + "-bayes";
}

std::string BayesLearner::label() const
{
    return m_kind == BayesKind::Gaussian ? "Naive Bayes, Gaussian"
        : m_kind == BayesKind::Multinomial ? "Naive Bayes, multinomial"
                                           : "Naive Bayes, Bernoulli";
}

std::string BayesLearner::help() const
{
    switch (m_kind) {
    case BayesKind::Gaussian:
        return "Takes each number as normally distributed in each class: instant, and fair on numbers that do not depend on one another.";
    case BayesKind::Multinomial:
        return "Takes inputs as counts: instant; for words, votes and other things that are counted.";
    case BayesKind::Bernoulli:
        break;
    }
    return "Takes each input as there or not there: instant; for categories and yes-or-no columns.";
}

Result<DataNeeds> BayesLearner::dataNeeds(const RunSpec& spec) const
{
    return classicNeeds(spec, label());
}

Result<FitOutcome> BayesLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    FitProgress progress(request, name(), sink, control);
    const int threads = fitThreads(request.threads);
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training, request.form));
    BayesSettings settings;
    settings.kind = m_kind;
    TY_TRY(settings.smoothing, jsonField<double>(request.settings, "smoothing", "settings"));
    TY_TRY(settings.arePriorsLearned, jsonField<bool>(request.settings, "learnPriors", "settings"));
    describeInputs(encoder, settings);
    const LabelledPart training = trainingPart(request, encoder.task());
    const LabelledPart validation = validationPart(request, encoder.task());
    TY_CHECK(progress.emitPlan(1, "passes", training.samples.size() * encoder.inputSize() * sizeof(float)));
    TY_TRY(const DenseRows rows, readEncoded(*training.dataset, encoder, training.samples, threads));
    const std::vector<float> targets = readTargets(*training.dataset, encoder, training.samples);
    TY_TRY(NaiveBayes bayes, fitNaiveBayes(rows, targets, static_cast<int>(encoder.classes().size()), settings));
    TY_TRY(const Json ofValidation, bayesMetricsOf(bayes, encoder, validation, threads));
    TY_CHECK(progress.emitStage(1, stageMetrics(encoder, bayes.answers(rows, threads), targets), ofValidation));
    FitOutcome outcome;
    outcome.outcome = progress.outcome();
    outcome.epochs = 1;
    outcome.bestEpoch = 1;
    outcome.seconds = progress.seconds();
    const ModelOrigin origin{
        name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings};
    const Json card = makeModelCard(origin, encoder);
    outcome.model = std::make_unique<BayesModel>(std::move(encoder), card, std::move(bayes));
    return outcome;
}

} // namespace ty::engine
