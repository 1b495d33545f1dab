#include "engine/learn/fit_plan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/learn/class_weights.h"
#include "engine/nn/presets.h"

namespace ty::engine {

namespace {

constexpr double kRmsDecay = 0.9; // of the lecture that RMSProp comes from; the first updates are 1 / sqrt(1 - decay) rates long
constexpr std::uint64_t kEvaluationBudget = std::uint64_t{1} << 29;

} // namespace

std::uint64_t weightBytes(std::uint64_t parameterBytes)
{
    return 7 * parameterBytes;
}

namespace {

/// Samples of which a step fits into a quarter of the memory that the weights leave, since the samples themselves may take the
/// rest. Of each sample a step holds at most what the
/// layers give: what is fused away and reused makes up for the way back (measured: 0.4 to 0.7 of it for networks of
/// pictures that have more than 1 MB a sample).
std::uint64_t fittingBatch(const FitFacts& facts)
{
    const std::uint64_t weights = weightBytes(facts.parameterBytes);
    const std::uint64_t left = facts.memoryBytes > weights ? facts.memoryBytes - weights : 0;
    return std::max<std::uint64_t>(1, left / 4 / std::max<std::uint64_t>(facts.activationBytes, 1));
}

std::int64_t automaticBatch(const FitFacts& facts)
{
    const auto batch = static_cast<std::uint64_t>(usualBatch(facts.kind == DataKind::Image, facts.trainingSamples));
    return static_cast<std::int64_t>(std::min(batch, fittingBatch(facts)));
}

double automaticRate(const FitFacts& facts, OptimizerKind optimizer, std::int64_t batch)
{
    if (optimizer == OptimizerKind::Sgd) {
        return facts.isLinear ? 0.1 : 0.05;
    }
    const bool isSimple = facts.kind == DataKind::Table && !facts.areWords && (!facts.isGiven || facts.isDense);
    if (optimizer == OptimizerKind::Adagrad) {
        return facts.isLinear || isSimple ? 0.1 : 0.03; // its steps shrink by themselves
    }
    if (facts.isLinear) {
        return 0.01;
    }
    // Adam's good rate grows like the root of the batch size. The dense layers of a table bear four times what others do.
    const double root = std::sqrt(static_cast<double>(batch) / 64.0);
    if (isSimple) {
        return std::clamp(1.2e-2 * root, 1e-3, 1e-2);
    }
    return std::clamp((facts.kind == DataKind::Image ? 2e-3 : 3e-3) * root, 1e-3, 5e-3);
}

/// Few rows need a strong pull towards a plain answer, which falls with their number; measured values are noisier than classes and
/// need more of it. Not for words: rare ones would be pulled back to nothing. AdamW's pull goes with the learning rate alone;
/// the other optimizers take it for a part of the gradient, which momentum and their scales make far stronger.
double automaticDecay(const FitFacts& facts, OptimizerKind optimizer)
{
    const bool isDecoupled = optimizer == OptimizerKind::AdamW;
    const double usual = isDecoupled ? 0.01 : 1e-4;
    if (facts.kind == DataKind::Image || facts.areWords || facts.isLinear || facts.isGiven) {
        return usual;
    }
    const bool isNoisy = facts.task == Task::Regression;
    const double forOneRow = isDecoupled ? (isNoisy ? 800 : 240) : (isNoisy ? 4 : 0.4);
    const double most = isDecoupled ? 3 : (isNoisy ? 1e-2 : 1e-3);
    const double rows = static_cast<double>(std::max<std::uint64_t>(facts.trainingSamples, 1));
    const double decay = std::clamp(forOneRow / rows, usual, most);
    const double step = std::pow(10.0, std::floor(std::log10(decay)) - 1); // two digits are enough to read
    return std::round(decay / step) * step;
}

OptimizerKind optimizerOf(const std::string& name)
{
    return name == "sgd" || name == "nesterov" ? OptimizerKind::Sgd
        : name == "adam"                       ? OptimizerKind::Adam
        : name == "rmsprop"                    ? OptimizerKind::RmsProp
        : name == "adagrad"                    ? OptimizerKind::Adagrad
                                               : OptimizerKind::AdamW;
}

Error invalid(std::string message, std::string advice)
{
    return Error{ErrorKind::InvalidInput, std::move(message), std::move(advice)};
}

/// "50%: 0.1, 75%: 0.1" or "0.5: 0.1, 0.75: 0.1".
Result<std::vector<Schedule::Fall>> fallsOf(const std::string& text)
{
    const Error wrong = invalid(
        "steps: \"" + text + "\" is not a list of a part of the training (0 to 100%) and a factor (above 0, at most 1)",
        "Write for example 50%: 0.1, 75%: 0.1.");
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto skip = [&](const char* ignored) {
        while (at != end && std::strchr(ignored, *at) != nullptr) {
            ++at;
        }
    };
    const auto number = [&](double& value) {
        skip(" ");
        const auto [next, failure] = std::from_chars(at, end, value);
        at = next;
        return failure == std::errc{};
    };
    std::vector<Schedule::Fall> falls;
    for (skip(" ,"); at != end; skip(" ,")) {
        Schedule::Fall fall;
        if (!number(fall.after)) {
            return wrong;
        }
        if (at != end && *at == '%') {
            fall.after /= 100;
            ++at;
        }
        skip(" ");
        if (at == end || *at != ':') {
            return wrong;
        }
        ++at;
        if (!number(fall.factor) || !(fall.after >= 0 && fall.after < 1) || !(fall.factor > 0 && fall.factor <= 1)) {
            return wrong;
        }
        falls.push_back(fall);
    }
    if (falls.empty()) {
        return wrong;
    }
    return falls;
}

Result<Schedule> scheduleOf(const Json& settings, bool hasValidation)
{
    const std::string what = "settings";
    Schedule schedule;
    TY_TRY(const auto name, jsonField<std::string>(settings, "schedule", what));
    TY_TRY(schedule.kind, scheduleKindFromName(name));
    TY_TRY(schedule.warmUp, jsonField<double>(settings, "warmUp", what));
    if (schedule.kind == ScheduleKind::StepList) {
        TY_TRY(const auto steps, jsonField<std::string>(settings, "steps", what));
        TY_TRY(schedule.falls, fallsOf(steps));
    }
    if (schedule.kind == ScheduleKind::Plateau) {
        if (!hasValidation) {
            return invalid(
                "schedule: plateau follows the validation loss, but no sample is held out for validation",
                "Hold some samples out, or choose another schedule.");
        }
        TY_TRY(schedule.plateau.factor, jsonField<double>(settings, "plateauFactor", what));
        TY_TRY(schedule.plateau.patience, jsonField<int>(settings, "plateauPatience", what));
    }
    return schedule;
}

/// Empty: all classes count alike.
Result<std::vector<float>> classWeightsOf(const Json& settings, const FitFacts& facts)
{
    const std::string what = "settings";
    TY_TRY(const auto choice, jsonField<std::string>(settings, "classWeights", what));
    if (facts.task != Task::Classification || choice == "none") {
        return std::vector<float>{};
    }
    if (choice == "list") {
        TY_TRY(const auto list, jsonFieldOr<std::string>(settings, "classWeightList", std::string(), what));
        return listedClassWeights(list, facts.classes);
    }
    return balancedClassWeights(facts.classSamples);
}

Augmentation augmentationOf(const Json& settings)
{
    Augmentation augmentation;
    augmentation.shift = settings.value("augmentShift", false) ? 0.08 : 0;
    augmentation.rotate = settings.value("augmentRotate", false) ? 10 : 0;
    augmentation.scale = settings.value("augmentScale", false) ? 0.10 : 0;
    augmentation.isFlipped = settings.value("augmentFlip", false);
    augmentation.isPartDrawn = settings.value("augmentPart", false);
    augmentation.colour = settings.value("augmentColour", false) ? 0.2 : 0;
    augmentation.noise = settings.value("augmentNoise", false) ? 0.05 : 0;
    return augmentation;
}

/// Of the settings that only some losses know.
Result<void> checkLossSettings(const TrainingSetup& setup)
{
    if (!setup.classWeights.empty() && setup.loss == LossKind::Hinge) {
        return invalid(
            "classWeights: the loss hinge knows no weights", "Choose classWeights none, or one of the cross-entropies.");
    }
    if (setup.labelSmoothing > 0 && setup.loss == LossKind::Hinge) {
        return invalid(
            "labelSmoothing: the loss hinge knows no certainty to take away", "Choose labelSmoothing 0 or another loss.");
    }
    return {};
}

/// Off but for pictures.
Result<Mixup> mixupOf(const Json& settings, const FitFacts& facts, LossKind loss)
{
    constexpr double kUsualAlpha = 0.2; // of the paper, for pictures of ImageNet
    if (!settings.value("augmentMixup", false) || facts.kind != DataKind::Image) {
        return Mixup{};
    }
    if (loss == LossKind::Hinge) {
        return invalid(
            "augmentMixup: the loss hinge knows no sample that is partly one class and partly another",
            "Choose one of the cross-entropies, or switch mixing off.");
    }
    return Mixup{kUsualAlpha, loss == LossKind::SoftmaxCrossEntropy ? facts.classSamples.size() : 0};
}

} // namespace

bool hasSingleOutput(LossKind loss)
{
    return loss == LossKind::BinaryCrossEntropy || loss == LossKind::Hinge;
}

Result<LossKind> chosenLoss(const Json& settings, Task task, std::size_t classes)
{
    struct Choice {
        const char* name;
        LossKind kind;
        Task task;
    };
    static constexpr std::array<Choice, 6> kChoices{
        {{"crossEntropy", LossKind::SoftmaxCrossEntropy, Task::Classification},
         {"binaryCrossEntropy", LossKind::BinaryCrossEntropy, Task::Classification},
         {"hinge", LossKind::Hinge, Task::Classification},
         {"squared", LossKind::MeanSquaredError, Task::Regression},
         {"absolute", LossKind::MeanAbsoluteError, Task::Regression},
         {"huber", LossKind::Huber, Task::Regression}}};
    std::string name;
    TY_TRY(name, jsonField<std::string>(settings, "loss", "settings"));
    // Words are classes, pixels are values. "auto" is the first of the task.
    const Task kind = task == Task::NextWord ? Task::Classification : task == Task::Reconstruction ? Task::Regression : task;
    const auto found = std::find_if(kChoices.begin(), kChoices.end(), [&](const Choice& choice) {
        return name == "auto" ? choice.task == kind : choice.name == name;
    });
    if (task == Task::NextWord && found != kChoices.end() && found->kind != LossKind::SoftmaxCrossEntropy) {
        return invalid("loss: " + name + " is not for the words of a text", "Choose auto or crossEntropy.");
    }
    if (found == kChoices.end() || found->task != kind) {
        return kind == Task::Classification
            ? invalid(
                "loss: " + name + " is for values, but the data's target is a class",
                "Choose auto, crossEntropy, or for two classes binaryCrossEntropy or hinge.")
            : task == Task::Reconstruction
            ? invalid(
                "loss: " + name + " is for classes, but the network gives pictures again",
                "Choose auto, squared, absolute or huber.")
            : invalid(
                "loss: " + name + " is for classes, but the data's target is a value",
                "Choose auto, squared, absolute or huber.");
    }
    if (hasSingleOutput(found->kind) && classes != 2) {
        return invalid(
            "loss: " + name + " is for two classes, but the data has " + std::to_string(classes), "Choose crossEntropy.");
    }
    return found->kind;
}

Result<FitPlan> planFit(const Json& settings, const FitFacts& facts)
{
    const std::string what = "settings";
    FitPlan plan;
    plan.settings = settings;
    TrainingSetup& setup = plan.setup;
    TrainerOptions& options = plan.options;

    TY_TRY(const auto optimizer, jsonField<std::string>(settings, "optimizer", what));
    TY_TRY(const auto precision, jsonField<std::string>(settings, "precision", what));
    setup.optimizer = optimizerOf(optimizer);
    setup.isNesterov = optimizer == "nesterov";
    if (setup.optimizer == OptimizerKind::RmsProp) {
        setup.beta2 = kRmsDecay;
    }
    TY_TRY(setup.loss, chosenLoss(settings, facts.task, facts.classSamples.size()));
    setup.precision = precision == "bfloat16" ? Precision::BFloat16 : Precision::Float32;
    TY_TRY(setup.momentum, jsonField<double>(settings, "momentum", what));
    TY_TRY(setup.weightDecay, jsonFieldOr(settings, "weightDecay", automaticDecay(facts, setup.optimizer), what));
    TY_TRY(setup.l1, jsonField<double>(settings, "l1", what));
    TY_TRY(setup.clipNorm, jsonField<double>(settings, "gradientClip", what));
    TY_TRY(setup.clipValue, jsonField<double>(settings, "clipValue", what));
    if (facts.task == Task::Classification || facts.task == Task::NextWord) {
        TY_TRY(setup.labelSmoothing, jsonField<double>(settings, "labelSmoothing", what));
    }
    TY_TRY(setup.classWeights, classWeightsOf(settings, facts));
    TY_CHECK(checkLossSettings(setup));

    TY_TRY(auto batch, jsonFieldOr<std::int64_t>(settings, "batchSize", automaticBatch(facts), what));
    batch = std::min(batch, static_cast<std::int64_t>(std::max<std::uint64_t>(facts.trainingSamples, 1)));
    TY_TRY(const auto repeats, jsonFieldOr<std::int64_t>(settings, "repeats", usualRepeats(batch, facts.trainingSamples), what));
    TY_TRY(options.schedule, scheduleOf(settings, facts.hasValidation));
    TY_TRY(options.schedule.peak, jsonFieldOr(settings, "learningRate", automaticRate(facts, setup.optimizer, batch), what));
    TY_TRY(options.epochs, jsonField<int>(settings, "epochs", what));
    TY_TRY(const bool isStoppedEarly, jsonField<bool>(settings, "earlyStop", what));
    TY_TRY(const int patience, jsonField<int>(settings, "patience", what));
    options.patience = isStoppedEarly && facts.hasValidation ? patience : 0;
    // One thread feeds tables; pictures are decoded and varied by half of the cores, the others are computing.
    const int helpers = facts.kind == DataKind::Image ? std::max(1, facts.threads / 2) : 1;
    TY_TRY(options.workers, jsonFieldOr(settings, "workers", helpers, what));
    TY_TRY(options.checkpointSeconds, jsonField<double>(settings, "checkpointSeconds", what));
    options.task = facts.task;
    options.batchSize = static_cast<std::size_t>(batch);
    options.repeats = static_cast<std::size_t>(repeats);
    options.evaluationBatch = static_cast<std::size_t>(std::clamp<std::uint64_t>(
        std::min(kEvaluationBudget, facts.memoryBytes / 8) / std::max<std::uint64_t>(facts.activationBytes, 1), 1, 256));
    options.augmentation = augmentationOf(settings);
    TY_TRY(options.mixup, mixupOf(settings, facts, setup.loss));
    setup.hasTargetShares = options.mixup.classes > 0;

    plan.settings["batchSize"] = batch;
    plan.settings["repeats"] = repeats;
    plan.settings["learningRate"] = options.schedule.peak;
    plan.settings["weightDecay"] = setup.weightDecay;
    plan.settings["workers"] = options.workers;
    if (settings["loss"] == Json("auto")) {
        plan.settings["loss"] = setup.loss == LossKind::SoftmaxCrossEntropy ? "crossEntropy" : "squared";
    }
    if (precision == "auto") {
        plan.settings["precision"] = "float32";
    }
    return plan;
}

} // namespace ty::engine
