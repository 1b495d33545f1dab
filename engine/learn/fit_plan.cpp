#include "engine/learn/fit_plan.h"

#include <algorithm>
#include <cmath>

namespace ty::engine {

namespace {

constexpr std::int64_t kUpdatesPerEpoch = 50;
constexpr std::uint64_t kActivationBudget = std::uint64_t{1} << 30;

std::int64_t automaticBatch(const FitFacts& facts)
{
    const std::uint64_t n = facts.trainingSamples;
    std::uint64_t batch = 16;
    if (facts.kind == DataKind::Image) {
        batch = n < 3'000 ? 32 : n < 30'000 ? 64 : 128;
    } else {
        batch = n < 500 ? 16 : n < 4'000 ? 32 : n < 20'000 ? 64 : n < 100'000 ? 128 : 512;
    }
    const std::uint64_t fitting = kActivationBudget / std::max<std::uint64_t>(facts.activationBytes, 1);
    return static_cast<std::int64_t>(std::clamp<std::uint64_t>(batch, 1, std::max<std::uint64_t>(fitting, 1)));
}

double automaticRate(const FitFacts& facts, OptimizerKind optimizer, std::int64_t batch)
{
    if (optimizer == OptimizerKind::Sgd) {
        return facts.isLinear ? 0.1 : 0.05;
    }
    if (facts.isLinear) {
        return 0.01;
    }
    // Adam's good rate grows like the root of the batch size.
    const double rate = (facts.kind == DataKind::Image ? 2e-3 : 3e-3) * std::sqrt(static_cast<double>(batch) / 64.0);
    return std::clamp(rate, 1e-3, 5e-3);
}

OptimizerKind optimizerOf(const std::string& name)
{
    return name == "sgd" ? OptimizerKind::Sgd
        : name == "adam" ? OptimizerKind::Adam
        : name == "rmsprop" ? OptimizerKind::RmsProp
                            : OptimizerKind::AdamW;
}

LossKind lossOf(Task task, const std::string& name)
{
    if (task == Task::Classification) {
        return LossKind::SoftmaxCrossEntropy;
    }
    return name == "absolute" ? LossKind::MeanAbsoluteError
        : name == "huber"     ? LossKind::Huber
                              : LossKind::MeanSquaredError;
}

std::vector<float> balancedWeights(const std::vector<std::uint64_t>& classSamples)
{
    double total = 0;
    double present = 0;
    for (const std::uint64_t n : classSamples) {
        total += static_cast<double>(n);
        present += n > 0 ? 1 : 0;
    }
    std::vector<float> weights;
    for (const std::uint64_t n : classSamples) {
        weights.push_back(n > 0 ? static_cast<float>(total / (present * static_cast<double>(n))) : 0.0F);
    }
    return weights;
}

Augmentation augmentationOf(const Json& settings)
{
    Augmentation augmentation;
    augmentation.shift = settings.value("augmentShift", false) ? 0.08 : 0;
    augmentation.rotate = settings.value("augmentRotate", false) ? 10 : 0;
    augmentation.scale = settings.value("augmentScale", false) ? 0.10 : 0;
    augmentation.isFlipped = settings.value("augmentFlip", false);
    augmentation.noise = settings.value("augmentNoise", false) ? 0.05 : 0;
    return augmentation;
}

} // namespace

Result<FitPlan> planFit(const Json& settings, const FitFacts& facts)
{
    const std::string what = "settings";
    FitPlan plan;
    plan.settings = settings;
    TrainingSetup& setup = plan.setup;
    TrainerOptions& options = plan.options;

    TY_TRY(const auto optimizer, jsonField<std::string>(settings, "optimizer", what));
    TY_TRY(const auto loss, jsonField<std::string>(settings, "loss", what));
    TY_TRY(const auto precision, jsonField<std::string>(settings, "precision", what));
    TY_TRY(const auto classWeights, jsonField<std::string>(settings, "classWeights", what));
    setup.optimizer = optimizerOf(optimizer);
    setup.loss = lossOf(facts.task, loss);
    setup.precision = precision == "bfloat16" ? Precision::BFloat16 : Precision::Float32;
    TY_TRY(setup.momentum, jsonField<double>(settings, "momentum", what));
    TY_TRY(setup.weightDecay, jsonField<double>(settings, "weightDecay", what));
    TY_TRY(setup.clipNorm, jsonField<double>(settings, "gradientClip", what));
    if (facts.task == Task::Classification) {
        TY_TRY(setup.labelSmoothing, jsonField<double>(settings, "labelSmoothing", what));
        if (classWeights == "balanced") {
            setup.classWeights = balancedWeights(facts.classSamples);
        }
    }

    TY_TRY(auto batch, jsonFieldOr<std::int64_t>(settings, "batchSize", automaticBatch(facts), what));
    batch = std::min(batch, static_cast<std::int64_t>(std::max<std::uint64_t>(facts.trainingSamples, 1)));
    const auto stepsPerPass =
        (static_cast<std::int64_t>(facts.trainingSamples) + batch - 1) / std::max<std::int64_t>(batch, 1);
    const std::int64_t fillingRepeats = (kUpdatesPerEpoch + stepsPerPass - 1) / std::max<std::int64_t>(stepsPerPass, 1);
    TY_TRY(const auto repeats, jsonFieldOr<std::int64_t>(settings, "repeats", fillingRepeats, what));
    TY_TRY(options.schedule.peak, jsonFieldOr(settings, "learningRate", automaticRate(facts, setup.optimizer, batch), what));
    TY_TRY(const auto schedule, jsonField<std::string>(settings, "schedule", what));
    TY_TRY(options.schedule.kind, scheduleKindFromName(schedule));
    TY_TRY(options.schedule.warmUp, jsonField<double>(settings, "warmUp", what));
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
        kActivationBudget / 2 / std::max<std::uint64_t>(facts.activationBytes, 1), 1, 256));
    options.augmentation = augmentationOf(settings);

    plan.settings["batchSize"] = batch;
    plan.settings["repeats"] = repeats;
    plan.settings["learningRate"] = options.schedule.peak;
    plan.settings["workers"] = options.workers;
    if (precision == "auto") {
        plan.settings["precision"] = "float32";
    }
    return plan;
}

} // namespace ty::engine
