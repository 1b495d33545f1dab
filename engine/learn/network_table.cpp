#include "engine/learn/network_table.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/learn/parameter_rows.h"
#include "engine/nn/zoo.h"

namespace ty::engine {

namespace {

constexpr const char* kTraining = "Training";
constexpr const char* kNetwork = "Network";
constexpr const char* kAugmentation = "Augmentation (pictures)";
constexpr const char* kOptimizer = "Optimizer";
constexpr const char* kRegularisation = "Regularisation";
constexpr const char* kComputation = "Computation";

Parameter epochsRow(int defaultValue)
{
    Parameter row = ranged(
        makeRow(
            "epochs",
            "Epochs",
            ParameterType::Integer,
            defaultValue,
            kTraining,
            "How often the training goes over the data at most."),
        1,
        100'000);
    row.unit = "epochs";
    return searched(row, 5, 100, true);
}

Parameter learningRateRow()
{
    Parameter row = ranged(
        makeRow(
            "learningRate",
            "Learning rate",
            ParameterType::Real,
            nullptr,
            kTraining,
            "Size of each update at its highest; automatic: chosen from the optimizer and the data."),
        0,
        10);
    row.minimumExcluded = true;
    return searched(row, 1e-4, 3e-2, true);
}

void addTrainingRows(std::vector<Parameter>& rows, int epochs)
{
    rows.push_back(epochsRow(epochs));
    rows.push_back(searched(
        ranged(
            makeRow(
                "batchSize",
                "Batch size",
                ParameterType::Integer,
                nullptr,
                kTraining,
                "Samples that share one update; automatic: chosen from the number of samples and the memory."),
            1,
            65'536),
        8,
        512,
        true));
    rows.push_back(learningRateRow());
    rows.push_back(makeRow(
        "earlyStop",
        "Stop early",
        ParameterType::Boolean,
        true,
        kTraining,
        "End the training when the validation loss no longer falls; the best epoch is kept either way."));
    Parameter patience = ranged(
        makeRow(
            "patience",
            "Patience",
            ParameterType::Integer,
            5,
            kTraining,
            "Epochs without a lower validation loss before the training stops early."),
        1,
        10'000);
    patience.unit = "epochs";
    rows.push_back(patience);
}

void addAugmentationRows(std::vector<Parameter>& rows)
{
    const auto box = [&](const char* name, const char* label, bool isOn, const char* help) {
        rows.push_back(makeRow(name, label, ParameterType::Boolean, isOn, kAugmentation, help));
    };
    box("augmentShift", "Shift", true, "Move training pictures by up to 8 % of their size; with Scale a random crop.");
    box("augmentRotate", "Rotate", true, "Turn training pictures by up to 10 degrees.");
    box("augmentScale", "Scale", true, "Enlarge or shrink training pictures by up to 10 %.");
    box("augmentFlip", "Flip", false, "Swap left and right in half of the training pictures; not for letters and digits.");
    box("augmentPart", "Part", true,
        "Hear another part of a recording in each epoch, where it lasts longer than all are cut to; not if the step \"crop\" says which part.");
    box("augmentColour", "Colour", false, "Vary brightness, contrast and saturation of training pictures by up to 20 %.");
    box("augmentNoise", "Noise", false, "Add a little random noise to training pictures.");
    box("augmentMixup", "Mix", false,
        "Blend each training picture with a part of another one, and its class likewise; good against overconfidence.");
}

/// Of the schedules stepList and plateau.
void addScheduleRows(std::vector<Parameter>& rows)
{
    rows.push_back(advanced(makeRow(
        "steps",
        "Step list",
        ParameterType::Text,
        "50%: 0.1, 75%: 0.1",
        kOptimizer,
        "For the schedule stepList: after which part of the training the learning rate is multiplied by which factor.")));
    Parameter factor = advanced(ranged(
        makeRow(
            "plateauFactor",
            "Plateau factor",
            ParameterType::Real,
            0.1,
            kOptimizer,
            "For the schedule plateau: what the learning rate is multiplied by."),
        0,
        0.99));
    factor.minimumExcluded = true;
    rows.push_back(factor);
    Parameter patience = advanced(ranged(
        makeRow(
            "plateauPatience",
            "Plateau patience",
            ParameterType::Integer,
            2,
            kOptimizer,
            "For the schedule plateau: epochs without a lower validation loss that are borne; fewer than the patience of "
            "stopping early."),
        0,
        10'000));
    patience.unit = "epochs";
    rows.push_back(patience);
}

void addOptimizerRows(std::vector<Parameter>& rows)
{
    rows.push_back(advanced(choice(
        "optimizer",
        "Optimizer",
        {"adamw", "adam", "sgd", "nesterov", "rmsprop", "adagrad"},
        "adamw",
        kOptimizer,
        "The rule that turns gradients into updates; nesterov is SGD that looks ahead along its momentum.")));
    rows.push_back(advanced(ranged(
        makeRow("momentum", "Momentum", ParameterType::Real, 0.9, kOptimizer, "How much an update keeps of the one before (sgd and nesterov)."),
        0,
        0.999)));
    rows.push_back(advanced(choice(
        "schedule",
        "Schedule",
        {"cosine", "step", "stepList", "plateau", "oneCycle", "constant"},
        "cosine",
        kOptimizer,
        "How the learning rate falls while training; plateau: whenever the validation loss no longer falls.")));
    addScheduleRows(rows);
    rows.push_back(advanced(ranged(
        makeRow("warmUp", "Warm-up", ParameterType::Real, 0.05, kOptimizer, "Part of the training in which the learning rate rises."),
        0,
        0.5)));
    rows.push_back(advanced(ranged(
        makeRow(
            "gradientClip",
            "Gradient clip",
            ParameterType::Real,
            1.0,
            kOptimizer,
            "Longest gradient (its norm); longer ones are shortened. 0: no clipping."),
        0,
        1'000)));
    rows.push_back(advanced(ranged(
        makeRow(
            "clipValue",
            "Clip each gradient",
            ParameterType::Real,
            0.0,
            kOptimizer,
            "Largest size of each single number of the gradient, after the clip by norm. 0: no clipping."),
        0,
        1'000)));
}

void addRegularisationRows(std::vector<Parameter>& rows)
{
    rows.push_back(advanced(searched(
        ranged(
            makeRow(
                "weightDecay",
                "Weight decay",
                ParameterType::Real,
                nullptr,
                kRegularisation,
                "Pulls weights towards zero; higher is smoother. Never on biases. Automatic: chosen from the optimizer and the "
                "data, more for small tables."),
            0,
            10),
        1e-4,
        1,
        true)));
    rows.push_back(advanced(searched(
        ranged(
            makeRow(
                "l1",
                "L1 penalty",
                ParameterType::Real,
                0.0,
                kRegularisation,
                "Pulls weights towards exactly zero by the same amount each, so that few remain. Never on biases."),
            0,
            10),
        1e-6,
        1e-2,
        true)));
    rows.push_back(advanced(ranged(
        makeRow(
            "labelSmoothing",
            "Label smoothing",
            ParameterType::Real,
            0.0,
            kRegularisation,
            "Part of the certainty taken from each label (classification)."),
        0,
        0.5)));
    rows.push_back(advanced(choice(
        "classWeights",
        "Class weights",
        {"none", "balanced", "list"},
        "none",
        kRegularisation,
        "Balanced: rare classes count more, so that each class counts the same in total. List: as the weights by class say.")));
    rows.push_back(advanced(makeRow(
        "classWeightList",
        "Weights by class",
        ParameterType::Text,
        "",
        kRegularisation,
        "For the class weights list: how many times a sample of a class counts, as in \"setosa: 2, virginica: 0.5\"; "
        "classes that are not named count once. A name with a comma stands between double quotes.")));
}

void addComputationRows(std::vector<Parameter>& rows)
{
    rows.push_back(advanced(ranged(
        makeRow(
            "repeats",
            "Passes per epoch",
            ParameterType::Integer,
            nullptr,
            kComputation,
            "Passes over the data that count as one epoch; automatic: more for small data, so that an epoch makes at "
            "least 50 updates."),
        1,
        10'000)));
    rows.push_back(advanced(choice(
        "precision",
        "Precision",
        {"auto", "float32", "bfloat16"},
        "auto",
        kComputation,
        "Number format of the calculation; automatic: float32. bfloat16 multiplies in half the digits, faster, on "
        "processors with AVX-512 BF16; weights stay float32.")));
    rows.push_back(advanced(ranged(
        makeRow(
            "workers",
            "Workers",
            ParameterType::Integer,
            nullptr,
            kComputation,
            "Threads that prepare the next batches; automatic: chosen from the processor."),
        1,
        256)));
    rows.push_back(checkpointRow(kComputation));
}

Parameter lossRow()
{
    return advanced(choice(
        "loss",
        "Loss",
        {"auto", "crossEntropy", "binaryCrossEntropy", "hinge", "squared", "absolute", "huber"},
        "auto",
        kTraining,
        "What is made small. Classes: crossEntropy; two classes also binaryCrossEntropy, or hinge (a margin between them). "
        "Values: squared errors, absolute errors (outliers count less), or huber (between the two). Automatic: "
        "crossEntropy or squared."));
}

Parameter networkRow()
{
    Parameter row = makeRow(
        "network",
        "Network",
        ParameterType::Choice,
        nullptr,
        kNetwork,
        "A network from a paper or a demo as it stands there, with an output for each class and pictures scaled to its "
        "input; automatic: chosen from the data and the network size. lstm-classifier reads a column of text, "
        "lstm-language-model a running text (.txt); autoencoder learns to give pictures again. On the command line also "
        "@FILE, a description.");
    for (const ZooNetwork& network : zooNetworks()) {
        row.choices.push_back(network.name);
    }
    return advanced(row);
}

int epochsFor(double samplePasses, double samples, int fewest, int most)
{
    return std::clamp(static_cast<int>(std::lround(samplePasses / std::max(1.0, samples))), fewest, most);
}

} // namespace

ParameterTable makeNetworkTable()
{
    std::vector<Parameter> rows;
    addTrainingRows(rows, 20);
    rows.push_back(choice(
        "size",
        "Network size",
        {"small", "medium", "large"},
        "medium",
        kNetwork,
        "How large the network is; its layers follow from the data."));
    rows.push_back(networkRow());
    rows.push_back(advanced(makeRow(
        "hiddenLayers",
        "Hidden layers",
        ParameterType::Text,
        "",
        kNetwork,
        "For tables: units of each hidden layer, for example 64, 32; empty: chosen by the network size.")));
    rows.push_back(advanced(makeRow(
        "frozenLayers",
        "Frozen layers",
        ParameterType::Text,
        "",
        kNetwork,
        "Names of layers that keep the weights they begin with, for example conv*, norm1; for fine-tuning.")));
    addAugmentationRows(rows);
    rows.push_back(lossRow());
    addOptimizerRows(rows);
    addRegularisationRows(rows);
    addComputationRows(rows);
    return ParameterTable(std::move(rows));
}

ParameterTable makeLinearTable()
{
    std::vector<Parameter> rows;
    addTrainingRows(rows, 20);
    rows.push_back(lossRow());
    addOptimizerRows(rows);
    addRegularisationRows(rows);
    addComputationRows(rows);
    return ParameterTable(std::move(rows));
}

Json networkPreset(const std::string& preset, const DatasetInfo& info)
{
    const auto samples = static_cast<double>(info.givenSplit[0] > 0 ? info.givenSplit[0] : info.samples);
    const bool isImage = info.kind == DataKind::Image;
    Json settings = Json::object();
    if (preset == "fast") {
        settings = {{"size", "small"}, {"epochs", isImage ? epochsFor(200'000, samples, 3, 12) : 10}};
    } else if (preset == "best") {
        settings = {
            {"size", "large"}, {"epochs", isImage ? epochsFor(1'500'000, samples, 20, 60) : 50}, {"patience", 10}};
    } else {
        settings = {{"size", "medium"}, {"epochs", isImage ? epochsFor(500'000, samples, 6, 20) : 20}};
    }
    return settings;
}

Json linearPreset(const std::string& preset)
{
    return {{"epochs", preset == "fast" ? 10 : preset == "best" ? 50 : 20}};
}

} // namespace ty::engine
