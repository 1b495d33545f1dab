#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/parameter.h"
#include "engine/base/result.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/learn/decision_threshold.h"
#include "engine/train/fit_control.h"

namespace ty::engine {

/// Answers for a batch of samples.
struct Predictions {
    /// {samples, classes} row-major (Classification); {samples, groups} (Grouping); {samples, vocabulary} (NextWord)
    std::vector<float> probabilities;
    /// {samples}: in the target's own unit (Regression); mean squared error of what was given again, pixels 0 to 1
    /// (Reconstruction).
    std::vector<double> values;
};

/// How well one sample was given again, or one piece of a running text foretold.
struct SampleScore {
    double loss = 0;   ///< mean squared error of its pixels (0 to 1); mean negative logarithm of its words' probabilities
    double second = 0; ///< mean absolute error of its pixels; words whose likeliest successor was right
};

/// How a model is written for other programs.
struct ExportSettings {
    int opset = 13; ///< of ONNX: 13 to 17
};

/// A trained model: encoder and learned parameters. Immutable after loading; one thread at a time.
/// Its folder ("model package"): model.json (format, learner, task, input, classes, preprocessing, network, settings,
/// metrics, run name, created), weights.safetensors, labels.txt, signature.json, model_card.md.
class Model {
public:
    virtual ~Model() = default;

    virtual const Encoder& encoder() const = 0;
    virtual const Json& card() const = 0; ///< model.json
    /// Answers for `samples` of `dataset`, in their order.
    virtual Result<Predictions> predict(const Dataset& dataset, std::span<const std::uint32_t> samples) = 0;
    /// Of a model whose samples are their own target. Errors: Unsupported for others.
    virtual Result<std::vector<SampleScore>> score(const Dataset& dataset, std::span<const std::uint32_t> samples);
    /// Of a model of Task::Grouping: how well `samples` fall into its groups, by names of metrics ("silhouette", "inertia", ...).
    /// Errors: Unsupported for others.
    virtual Result<Json> measureGroups(const Dataset& dataset, std::span<const std::uint32_t> samples) const;
    /// How a model whose samples are their own target gives a picture again: {C, H, W} as it learned them, from 0 to 1 where it is sure. Errors: Unsupported
    /// for others.
    virtual Result<std::vector<float>> reconstruct(const Dataset& dataset, std::uint32_t sample);
    /// Decision trees that it is made of; 0: it is made otherwise.
    virtual std::size_t treeCount() const { return 0; }
    /// Tree `number`, below treeCount(), as treeList() tells it. Errors: Unsupported without trees.
    /// @param dataset  not null: "way" is the nodes that `sample` of it passes
    virtual Result<Json> describeTree(std::size_t number, const Dataset* dataset, std::uint32_t sample) const;
    virtual Result<void> save(const std::string& folder) const = 0;
    virtual Json exportFormats() const = 0; ///< ["onnx", "safetensors"]
    /// Writes `file`, then reads it back and checks it. Result: {file, format, bytes, opset?, maxDifference?, ...}.
    Result<Json> exportTo(const std::string& format, const std::string& file, const ExportSettings& settings = {}) const
    {
        return writeExport(format, file, settings);
    }

protected:
    virtual Result<Json> writeExport(
        const std::string& format, const std::string& file, const ExportSettings& settings) const = 0;
};

/// Loads a model package. Errors name file and place; nothing in it is trusted.
/// @param weights  a checkpoint or weights file to take instead of the package's own weights; empty: its own
Result<std::unique_ptr<Model>> loadModel(
    const std::string& folder, const std::string& device, const std::string& weights = {});

struct FitRequest {
    const RunSpec* spec = nullptr;
    Json settings; ///< complete: the preset's values and the person's over them
    const Dataset* training = nullptr;
    const Dataset* validation = nullptr; ///< its own file, or null: `split.validation` indexes `training`
    const Dataset* test = nullptr;       ///< likewise
    Split split;
    EncoderForm form; ///< DataNeeds::form
    RunFolder folder;
    bool isResuming = false; ///< go on from the newest checkpoint in the folder
    std::string device;
    int threads = 0;
};

struct FitOutcome {
    std::string outcome; ///< "completed", "early-stop", "finished-now", "stopped"
    std::unique_ptr<Model> model; ///< null when stopped before anything worth keeping
    int epochs = 0;
    int bestEpoch = 0;
    double seconds = 0;
};

/// What a run asks of its data before they are opened.
struct DataNeeds {
    std::array<int, 3> pictureShape{}; ///< {channels, height, width} that pictures are brought to; all 0: they stay as they are
    EncoderForm form;                  ///< of a network that says so itself
    bool areTextsRead = false;         ///< whether a table of nothing but text can be learned from
};

/// A way to learn, with its table of parameters.
class Learner {
public:
    virtual ~Learner() = default;
    virtual std::string name() const = 0;  ///< "network"
    virtual std::string label() const = 0; ///< "Neural network"
    virtual std::string help() const = 0;
    /// @param task  of the data: never Reconstruction, which is a choice of the run; Grouping: without a target
    virtual bool canLearn(Task task, DataKind kind) const = 0;
    /// Classes that it can tell apart; 0: any number.
    virtual std::size_t mostClasses() const { return 0; }
    /// Whether fit() can begin with the weights that `RunSpec::start` names.
    virtual bool canStartFromWeights() const { return false; }
    /// Whether fit() looks at the validation part to choose: when to end, which epoch to keep. Scores of that part then flatter
    /// the model, and who wants honest ones keeps another part away from fit().
    virtual bool choosesByValidation() const { return false; }
    virtual Result<DataNeeds> dataNeeds(const RunSpec& /*spec*/) const { return DataNeeds{}; }
    virtual const ParameterTable& parameters() const = 0;
    /// What a preset changes from the table's defaults, for this data.
    virtual Json presetSettings(const std::string& preset, const DatasetInfo& info) const = 0;
    virtual Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const = 0;
    /// What fit() would compute: describeRun(). Errors: Unsupported for a learner without a network.
    virtual Result<Json> describe(const FitRequest& request) const;
};

/// All learners, in the order in which they are offered.
std::vector<std::unique_ptr<Learner>> makeLearners();

/// Does a whole run: opens the data, splits, fits, evaluates every part with the best model, writes the run folder
/// (run.json, checkpoints/, model/, evaluation/; not events.jsonl and log.txt, which are the sink's). Emits every
/// event from "started" to the last one, which is "finished" or "failed"; the caller emits none of its own.
/// This is all that `trainyard-run train` does. The folder is `folder.root`; it is created; a folder that holds
/// another run (a different run.json, checkpoints, a model) is refused unless `isResuming`. Resuming takes the
/// folder's own run.json as the truth, except that epochs, patience and budget may be raised.
/// Result: the fields of the "finished" event.
struct RunRequest {
    RunSpec spec;
    RunFolder folder;
    bool isResuming = false;
    int threads = 0;
    const DataFiles* files = nullptr; ///< OpenOptions::files
};
Result<Json> executeRun(const RunRequest& request, FitSink& sink, FitControl& control);

/// What a run would compute, without computing it: {"learner", "network": {"input", "layers", "summary": {"layers":
/// [{"name", "type", "outputShape", "parameters", "flops", "activationBytes"}], ...}}, "changes": [sentences],
/// "trainingSamples", "batchSize", "epochs", "stepsPerEpoch", "memoryBytes", "secondsPerStep", "secondsPerEpoch",
/// "settings", "device"}. Memory and time are those of steps that were really made.
/// Errors: those of executeRun() up to the first step.
Result<Json> describeRun(const RunSpec& spec, int threads, const DataFiles* files = nullptr);

/// {"task", "samples", "metrics": {...}, "confusion": {"classes": [...], "counts": [[...]]}, "perClass": [...]}.
/// Errors: InvalidInput when the data has no target or does not fit the model.
Result<Json> evaluateModel(Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples);

/// One row a sample: id, prediction, then "probability <class>" for each class; of Task::Grouping for each cloud of a mixture, then
/// the columns of the data. Written whole or not at all.
/// @param threshold  from which probability on a class is the answer; nothing: what is kept with the model, else the likeliest class
Result<std::uint64_t> predictToCsv(
    Model& model, const Dataset& dataset, const std::string& file, const std::optional<DecisionThreshold>& threshold = {});

} // namespace ty::engine
