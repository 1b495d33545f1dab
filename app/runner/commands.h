#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/runner/messages.h"
#include "app/runner/reading_options.h"
#include "app/runner/run_journal.h"

/// The commands of trainyard-run. Each does its work, says what went wrong, and gives the process's exit code.
namespace ty::runner {

struct InspectOptions : ReadingOptions {
    int tree = 0;        ///< above 0: `path` is a model, whose tree of this number is told
    std::string data;    ///< with `tree`: data whose row `row` is followed through it; empty: none
    std::uint64_t row = 1; ///< the first is 1
    std::string fixes;            ///< SampleFixes as JSON, or empty
    bool isLeakageSought = false; ///< samples that are nearly the same, across and within parts
    std::string against;          ///< with `isLeakageSought`: another file whose samples are looked for here; empty: none
};
/// A tree of a model as a picture of letters or as treeList().
int inspectTree(const InspectOptions& options);
int inspect(const InspectOptions& options);

/// Data in another form, in a folder of its own.
struct ConvertOptions : ReadingOptions {
    std::string to; ///< exportFormName()
    std::string out;
    std::string fixes; ///< SampleFixes as JSON
};
int convert(const ConvertOptions& options);

/// Values that were not given stay empty, so that they do not change what RUN.json says.
struct TrainOptions {
    std::string runFile; ///< RUN.json; empty: made from the rest
    std::string out;
    std::optional<std::string> data;
    std::optional<std::string> validation;
    std::optional<std::string> test;
    std::optional<std::string> target;
    std::optional<std::string> task;
    std::optional<std::string> columns;
    std::optional<std::string> repairs;
    std::optional<std::string> prepare;
    std::optional<std::string> fixes; ///< of the training data
    std::optional<bool> isStratified;
    std::optional<double> validationFraction;
    std::optional<double> testFraction;
    std::optional<std::uint64_t> splitSeed;
    std::optional<std::string> learner;
    std::optional<std::string> preset;
    std::vector<std::string> settings; ///< "key=value"
    std::optional<std::uint64_t> seed;
    std::optional<std::string> device;
    std::optional<std::string> name;
    std::optional<double> minutes;
    std::optional<std::string> from; ///< what to begin with: a checkpoint, a model folder, a run folder or an ONNX file
    std::string pixels;              ///< for an ONNX file: PixelUnits::parse()
    int threads = 0;
    int storesDescriptor = -1; ///< readStores()
    bool isResuming = false;
    bool isOnlyDescribed = false; ///< print the run's description instead of running it
    bool isNetworkShown = false;  ///< print the network with its memory and time instead of training it, in `form`
    OutputForm form = OutputForm::Text;
    EventForm events = EventForm::JsonLines;
};
int train(const TrainOptions& options);

/// What is said about a network of another program: ForeignWords as texts.
struct NetworkWords {
    std::string classes; ///< names in the order of the outputs: "a,b,c", one a line, or "@FILE" with one a line
    std::string columns; ///< names in the order of the inputs, likewise
    std::string target;  ///< column to predict
    std::string pixels;  ///< PixelUnits::parse()
};

struct EvaluateOptions {
    std::string model;
    NetworkWords words;
    std::string data; ///< this or `part`
    std::string part; ///< "training", "validation", "test": of the data that the model's run used
    std::string samples; ///< file for each answer beside the truth, with `data`; empty: none
    std::string device = "auto";
    int storesDescriptor = -1; ///< readStores()
    OutputForm form = OutputForm::Text;
};
int evaluate(const EvaluateOptions& options);

/// What the columns are worth to a model.
struct ImportanceOptions {
    std::string model;
    std::string data; ///< this or `part`; both empty: the run's test part, or else its validation part
    std::string part; ///< as EvaluateOptions
    std::string score; ///< ImportanceSettings
    int repeats = 5;
    std::uint64_t seed = 1;
    std::string device = "auto";
    int storesDescriptor = -1; ///< readStores()
    OutputForm form = OutputForm::Text;
};
int tellImportance(const ImportanceOptions& options);

struct PredictOptions {
    std::string model;
    NetworkWords words;
    std::string data; ///< with `out`; both empty: `isStream`
    std::string out;
    std::string device = "auto";
    std::string threshold; ///< parseThreshold(); empty: what is kept with the model
    bool isStream = false;
    int storesDescriptor = -1; ///< readStores()
    OutputForm form = OutputForm::Text;
};
int predict(const PredictOptions& options);
/// Answers samples on standard input, one JSON object a line, until it ends; the model is loaded once.
int predictStream(const PredictOptions& options);

/// From which probability on a class is the model's answer.
struct ThresholdOptions {
    std::string model;
    std::string threshold; ///< parseThreshold(); empty: tell what is kept
    bool isCleared = false;
    OutputForm form = OutputForm::Text;
};
int chooseThreshold(const ThresholdOptions& options);

struct ExportOptions {
    std::string model;
    std::string format;
    std::string out;
    std::string checkpoint; ///< whose weights are exported; empty: the model's own
    std::optional<int> opset; ///< of an ONNX file
    OutputForm form = OutputForm::Text;
};
int exportModel(const ExportOptions& options);

/// A network file as a model.
struct ImportOptions {
    std::string file;
    std::string out;   ///< folder to be made; empty: only tell
    std::string name;  ///< empty: the file's
    std::string data;  ///< that it was made for; may be empty
    std::string input; ///< extents of a sample that the file leaves open, "3,224,224"
    NetworkWords words;
    OutputForm form = OutputForm::Text;
};
int importModel(const ImportOptions& options);

struct LearnersOptions {
    std::string kind = "table";          ///< the data that presets are shown for
    std::string task = "classification"; ///< likewise
    std::uint64_t samples = 1000;        ///< likewise
    OutputForm form = OutputForm::Text;
};
/// The layer types that a description of a network may name.
int listLayers(OutputForm form);
int listLearners(const LearnersOptions& options);

/// A guarded-command machine: all its states and transitions, and examples of them to learn from.
struct SpecOptions {
    std::string path;
    std::string examples; ///< folder for train.csv and test.csv; empty: none
    double invalidProportion = 1;
    double testShare = 0.2;
    std::uint64_t seed = 777;
    std::uint32_t stateLimit = 1'000'000;
    std::string before;    ///< a transition to be judged: "x = 1", with `operation` and `after`; all empty: none
    std::string operation;
    std::string after;
    std::string model;     ///< that scores it too; empty: none
    OutputForm form = OutputForm::Text;
};
int exploreSpec(const SpecOptions& options);

/// Learners side by side: on one table a line each, the best first; on a folder of pairs NAME_train.csv, NAME_test.csv a line a
/// table, a column a learner, and the mean weighted by examples.
struct CompareOptions {
    std::string data;
    std::string test;
    std::string folder; ///< of pairs; instead of data
    std::string run;      ///< run.json whose data, preset and seed all learners take; instead of data
    std::string machines; ///< folder of machines that examples are made of, or "bundled"; instead of data
    bool isAsInTheSeed = false; ///< the five learners of the state-transition experiment, with its settings
    std::uint64_t exampleSeed = 777; ///< of the machines' examples
    std::vector<std::string> settings; ///< LEARNER.NAME=VALUE
    std::string csv;      ///< file for the table; empty: none
    std::string markdown; ///< likewise
    std::string target;
    std::string task; ///< empty: guessed
    std::vector<std::string> learners; ///< empty: all that fit
    std::string preset = "balanced";
    std::string metric; ///< empty: by the task
    std::string out;    ///< folder that keeps the runs; empty: they are not kept
    double validationShare = 0.2; ///< of data without a test file
    std::uint64_t seed = 1;
    int threads = 0;
    int storesDescriptor = -1; ///< of a pipe with what opens the stores of the data; negative: none
    OutputForm form = OutputForm::Text;
};
int compareLearners(const CompareOptions& options);

/// What studies of many fits learn from.
struct StudyData {
    std::string data; ///< this or `run`
    std::string run;  ///< run.json with data, preset, seed and a learner's settings
    std::string target;
    std::string task;
    std::string columns; ///< as InspectOptions
    std::string preset = "balanced";
    std::optional<std::uint64_t> seed;
    int storesDescriptor = -1; ///< readStores()
};

/// Cross-validation of learners on the same folds, with a learning curve if asked for.
struct ValidateOptions {
    StudyData study;
    std::vector<std::string> learners; ///< "svm", "svm:cost=10:kernel=linear"; empty: usualLearner()
    int folds = 5;
    int repeats = 1;
    std::uint64_t foldSeed = 1;
    bool isPlain = false; ///< folds without a look at the classes
    std::string groupColumn;
    std::string planFile; ///< folds.json of another study; empty: none
    bool hasCurve = false;
    std::vector<double> shares; ///< of the learning curve; empty: the usual
    std::string metric;
    std::string csv; ///< file for the scores of each fold; empty: none
    std::string out; ///< folder that keeps the study; empty: it is not kept
    bool isResuming = false;
    int threads = 0;
    OutputForm form = OutputForm::Text;
};
int validate(const ValidateOptions& options);

/// Search for the settings of a learner.
struct TuneOptions {
    StudyData study;
    std::string learner;             ///< empty: usualLearner()
    std::vector<std::string> ranges; ///< "cost=0.1..100", "kernel=linear,rbf"; empty: what the learner says
    std::string search = "halton";   ///< "grid", "random", "halton", "halving"
    int runs = 30;
    std::optional<double> minutes;
    std::string objective;
    int folds = 0; ///< below 2: one held-out part
    double heldShare = 0.2;
    bool isKeepingPoor = false; ///< poor settings are tried to their end
    std::string csv; ///< file for the trials; empty: none
    std::string out; ///< folder that keeps the study; empty: it is not kept
    bool isResuming = false;
    int threads = 0;
    OutputForm form = OutputForm::Text;
};
int tune(const TuneOptions& options);

/// A dataset's samples as points of a plane.
struct ProjectOptions : ReadingOptions {
    std::string method = "tsne"; ///< or "pca"
    std::string out;             ///< CSV of the points; empty: none
    double perplexity = 30;
    int passes = 1000;
    std::size_t most = 10'000; ///< samples, drawn at random; 0: all
    std::uint64_t seed = 1;
    int threads = 0;
    bool isLive = false;     ///< the points are told on standard error while they move
    bool isUnjudged = false; ///< no trustworthiness, which looks at every pair
};
int project(const ProjectOptions& options);

/// Where a command that was killed goes on.
struct KeptState {
    std::string file; ///< empty: nowhere
    double seconds = 60; ///< between two writes
};

/// A hidden Markov model of a column, row after row: numbers or symbols.
struct SequenceOptions {
    std::string data;
    std::string column;
    std::string by;  ///< column of categories; a new sequence begins where it changes
    std::string out; ///< CSV of the likeliest states; empty: none
    bool areWaysTold = false; ///< with JSON: each sequence with its likeliest states, and the passes on standard error
    std::size_t states = 2;
    int restarts = 5;
    std::uint64_t seed = 1;
    int storesDescriptor = -1; ///< readStores()
    KeptState kept;
    OutputForm form = OutputForm::Text;
};
int learnSequence(const SequenceOptions& options);

/// Q-learning in a world of squares.
struct WorldOptions {
    std::string file; ///< empty: a small world of ours
    std::string squares; ///< the world itself, its lines divided by '/'; empty: `file`
    int snapshots = 0;   ///< with JSON: so many times between what was known is told
    int episodes = 3000;
    double rate = 0.3;
    double discount = 0.95;
    double exploring = 0.5;
    double slip = 0;
    std::uint64_t seed = 1;
    bool isWatched = false; ///< the world is drawn while it is learned
    KeptState kept;
    OutputForm form = OutputForm::Text;
};
int learnWorld(const WorldOptions& options);

/// Times training steps, or reading data (in files of its own below TMPDIR).
struct BenchOptions {
    std::string suite = "training"; ///< or "data", "learners"
    std::uint64_t megabytes = 1000; ///< of each file, of the suite "data"
    std::size_t rows = 50'000;      ///< of the table of the suite "learners"
    std::vector<std::string> cases; ///< names of networks; empty: the whole suite
    double seconds = 3;             ///< for each network and each side
    int threads = 0;
    std::string precision = "float32"; ///< or "bfloat16"; "both": one beside the other, round by round
    bool hasPeer = false;  ///< the same networks in PyTorch, round by round
    bool hasNodes = false; ///< the time of each node alone (JSON)
    OutputForm form = OutputForm::Text;
};
int bench(const BenchOptions& options);
int benchData(const BenchOptions& options);
int benchLearners(const BenchOptions& options);

} // namespace ty::runner
