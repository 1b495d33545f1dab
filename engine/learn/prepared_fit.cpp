#include "engine/learn/prepared_fit.h"

#include <algorithm>
#include <cstddef>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "engine/learn/device.h"
#include "engine/learn/foreign_input.h"
#include "engine/learn/idle_settings.h"
#include "engine/base/available_memory.h"
#include "engine/train/signed_targets.h"

namespace ty::engine {

namespace {

/// Samples of a validation file that have a target.
std::vector<std::uint32_t> labelledSamples(const Dataset& dataset, Task task)
{
    std::vector<std::uint32_t> samples;
    for (std::uint64_t i = 0; i < dataset.size(); ++i) {
        const double value = task == Task::Regression ? dataset.targetOf(i) : 0;
        const bool isWanted = task == Task::Classification ? dataset.classOf(i) >= 0 : value == value;
        if (isWanted) {
            samples.push_back(static_cast<std::uint32_t>(i));
        }
    }
    return samples;
}

std::vector<std::uint64_t> countClasses(const SampleSource& samples, std::size_t classes)
{
    std::vector<std::uint64_t> counts(classes);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        ++counts[static_cast<std::size_t>(samples.target(i))];
    }
    return counts;
}

/// As the person gave them; what a resumed run chose itself stays as it was.
Json settingsOf(const FitRequest& request, Task task, const ResumedPlan& resumed)
{
    Json settings = request.settings;
    if (resumed.trainingBatch > 0 && settings.value("batchSize", Json()).is_null()) {
        settings["batchSize"] = resumed.trainingBatch;
    }
    const Json& loss = settings["loss"];
    if (request.isResuming && task == Task::Classification && (loss == "squared" || loss == "absolute" || loss == "huber")) {
        settings["loss"] = "auto"; // versions that did not know losses of classes wrote it, and did not look at it
    }
    return settings;
}

/// What the data ask for where the run names no network: tables of nothing but text, and running texts, are read as words.
EncoderForm completedForm(EncoderForm form, const DatasetInfo& info)
{
    constexpr std::int64_t kWordsOfText = 100;
    if (info.task == Task::NextWord) {
        form.words = info.wordsPerSample;
    } else if (form.words == 0 && info.kind == DataKind::Table) {
        bool hasText = false;
        bool hasOther = false;
        for (const ColumnInfo& column : info.columns) {
            const bool isText = column.type == ColumnType::Text;
            hasText = hasText || (column.role == ColumnRole::Feature && isText);
            hasOther = hasOther || (column.role == ColumnRole::Feature && !isText);
        }
        form.words = hasText && !hasOther ? kWordsOfText : 0;
    }
    return form;
}

/// Sentences about feature columns that the encoding leaves out.
std::vector<std::string> columnsNotRead(const Encoder& encoder, const DatasetInfo& info)
{
    std::vector<std::string> sentences;
    for (const ColumnInfo& column : info.columns) {
        const auto& read = encoder.columns();
        const bool isRead = std::any_of(
            read.begin(), read.end(), [&column](const EncodedColumn& one) { return one.name == column.name; });
        if (column.role == ColumnRole::Feature && !isRead && encoder.kind() == DataKind::Table) {
            sentences.push_back(fmt::format(
                "the column \"{}\" is not read: the network takes {}", column.name,
                encoder.vocabulary().empty() ? "no text" : "words of a text alone"));
        }
    }
    return sentences;
}

/// Whether the layer goes on where it was in the batch before.
bool isStateCarried(const LayerDescription& layer)
{
    return layer.settings.value("carryState", Json()) == Json(true);
}

/// Samples that do not follow one another begin anew.
void forgetBetweenSamples(AdaptedNetwork& made)
{
    for (LayerDescription& layer : made.network.layers) {
        if (isStateCarried(layer)) {
            layer.settings["carryState"] = false;
            made.changes.push_back(fmt::format(
                "the layer \"{}\" begins each sample anew: only pieces of a running text follow one another", layer.name));
        }
    }
}

std::uint64_t parameterBytes(const PreparedFit& fit)
{
    return static_cast<std::uint64_t>(fit.summary.parameters) * sizeof(float);
}

/// Numbers of a table that an embedding takes for its rows must be such numbers: the first column that is not is named.
Result<void> checkRowNumbers(const PreparedFit& fit, const DatasetInfo& info)
{
    TY_TRY(const auto embedding, entryEmbedding(fit.made.network));
    if (!embedding || fit.encoder.kind() != DataKind::Table || !fit.encoder.vocabulary().empty()) {
        return {};
    }
    const std::int64_t rows = embedding->settings.value("vocabulary", std::int64_t{0});
    for (const EncodedColumn& column : fit.encoder.columns()) {
        const auto found = std::find_if(
            info.columns.begin(), info.columns.end(), [&column](const ColumnInfo& one) { return one.name == column.name; });
        const bool isNumber = column.kind == EncodedColumn::Kind::Standardised;
        const bool isInside = found == info.columns.end() || (found->minimum >= 0 && found->maximum < static_cast<double>(rows));
        const bool isWhole = found == info.columns.end() || found->missing == 0;
        if (!isNumber || !isInside || !isWhole) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "layer \"{}\" (embedding) takes whole numbers from 0 to {}, but the column \"{}\" {}", embedding->name, rows - 1,
                    column.name,
                    !isNumber     ? std::string("is not one of numbers")
                        : !isWhole ? fmt::format("lacks {} of its values", found->missing)
                                   : fmt::format("has values from {} to {}", found->minimum, found->maximum)),
                "Leave the column out, repair its values, or take a network for measured values."};
        }
    }
    return {};
}

FitFacts factsOf(const PreparedFit& fit, const FitRequest& request, std::uint64_t memoryBytes)
{
    const Encoder& encoder = fit.encoder;
    FitFacts facts;
    facts.task = encoder.task();
    facts.kind = encoder.kind();
    facts.trainingSamples = fit.training->size();
    facts.activationBytes = fit.summary.activationBytes;
    facts.parameterBytes = parameterBytes(fit);
    facts.memoryBytes = memoryBytes;
    facts.isLinear = fit.made.network.layers.size() == 1;
    facts.areWords = !encoder.vocabulary().empty();
    facts.isDense = std::all_of(fit.summary.layers.begin(), fit.summary.layers.end(), [](const LayerSummary& layer) {
        return layer.parameters == 0 || layer.type == "dense";
    });
    facts.isGiven = !request.spec->network.is_null() || !request.settings.value("network", Json()).is_null();
    facts.hasValidation = fit.validation->size() > 0;
    facts.threads = request.threads > 0 ? request.threads : static_cast<int>(std::thread::hardware_concurrency());
    if (encoder.task() == Task::Classification) {
        facts.classSamples = countClasses(*fit.training, encoder.classes().size());
        facts.classes = encoder.classes();
    }
    return facts;
}

/// A single value less its mean is 0 whatever it was.
Result<void> checkBatchNorms(const PreparedFit& fit)
{
    const auto& layers = fit.made.network.layers;
    for (std::size_t i = 0; i < layers.size() && fit.plan.options.batchSize == 1; ++i) {
        const Shape& shape = fit.summary.layers[i].outputShape;
        const bool isLearning = layers[i].type == "batchNorm" && !layers[i].settings.value("frozen", false);
        if (isLearning && elementCount(shape) == shape.front()) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "layer \"{}\" (batchNorm) has a single value for each channel in a batch of 1 sample, so that nothing is left "
                    "of it",
                    layers[i].name),
                "Choose a batch size of 2 or more, or a layerNorm in its place."};
        }
    }
    return {};
}

} // namespace

Result<std::unique_ptr<PreparedFit>> prepareFit(
    const FitRequest& request, const NetworkMaker& makeNetwork, const ResumedPlan& resumed)
{
    const std::uint64_t memoryBytes = availableMemoryBytes(); // before the samples take their part of it
    auto fit = std::make_unique<PreparedFit>();
    const DatasetInfo& info = request.training->info();
    TY_TRY(Encoder fitted, Encoder::fit(*request.training, request.split.training, completedForm(request.form, info)));
    TY_TRY(fit->encoder, encoderToBeginWith(request.spec->start, std::move(fitted)));
    const Encoder& encoder = fit->encoder;
    const Json settings = settingsOf(request, encoder.task(), resumed);
    TY_TRY(const LossKind loss, chosenLoss(settings, encoder.task(), encoder.classes().size()));
    TY_TRY(fit->made, makeNetwork(
        encoder, hasSingleOutput(loss) ? Shape{1} : encoder.outputShape(), request.split.training.size()));
    if (encoder.task() != Task::NextWord) {
        forgetBetweenSamples(fit->made);
    }
    if (auto sentence = limitedAnswers(fit->made.network); !sentence.empty()) {
        fit->made.changes.push_back(std::move(sentence));
    }
    TY_TRY(std::string frozen, frozenLayersText(fit->made.network));
    if (!frozen.empty()) {
        fit->made.changes.push_back(std::move(frozen));
    }
    for (std::string& sentence : columnsNotRead(encoder, info)) {
        fit->made.changes.push_back(std::move(sentence));
    }
    for (std::string& sentence : idleSettings(settings, encoder.task(), encoder.kind())) {
        fit->made.changes.push_back(std::move(sentence));
    }
    TY_TRY(fit->summary, summarise(fit->made.network));

    TY_CHECK(checkRowNumbers(*fit, info));

    // Half of what the weights leave: activations have to fit as well.
    const std::uint64_t free = availableMemoryBytes();
    const std::uint64_t forSamples = (free - std::min(free, weightBytes(parameterBytes(*fit)))) / 2;
    auto training = std::make_unique<EncodedSamples>(*request.training, encoder, request.split.training, forSamples);
    const bool hasOwnFile = request.validation != nullptr;
    fit->validation = std::make_unique<EncodedSamples>(
        hasOwnFile ? *request.validation : *request.training,
        encoder,
        hasOwnFile ? labelledSamples(*request.validation, encoder.task()) : request.split.validation,
        forSamples - training->memoryBytes());
    fit->training = std::move(training);

    TY_TRY(fit->plan, planFit(settings, factsOf(*fit, request, memoryBytes)));
    if (loss == LossKind::Hinge) {
        fit->training = std::make_unique<SignedTargets>(std::move(fit->training));
        fit->validation = std::make_unique<SignedTargets>(std::move(fit->validation));
    }
    FitPlan& plan = fit->plan;
    TY_CHECK(checkBatchNorms(*fit));
    if (resumed.evaluationBatch > 0) {
        plan.options.evaluationBatch = static_cast<std::size_t>(resumed.evaluationBatch);
    }
    plan.options.targetDeviation = encoder.task() == Task::Regression ? encoder.targetDeviation() : 1;
    const auto& layers = fit->made.network.layers;
    plan.options.isInOrder = std::any_of(layers.begin(), layers.end(), isStateCarried);
    plan.options.imageShape = encoder.kind() == DataKind::Image ? encoder.inputShape() : Shape{};
    plan.options.seed = request.spec->seed;
    if (request.spec->budgetMinutes) {
        plan.options.budgetSeconds = *request.spec->budgetMinutes * 60;
    }

    const double flopsPerStep = 3 * fit->summary.flops * static_cast<double>(plan.options.batchSize);
    // Sums are of another order with other threads. More of them than there are processors would wait for one another.
    const int wanted = request.threads > 0
        ? request.threads
        : std::min(resumed.threads, static_cast<int>(std::thread::hardware_concurrency()));
    TY_TRY(fit->backend, makeBackend(request.device, chooseThreads(wanted, flopsPerStep)));
    plan.options.threads = fit->backend->threads();
    TY_TRY(fit->session, fit->backend->createSession(fit->made.network, plan.setup, request.spec->seed));
    return fit;
}

} // namespace ty::engine
