#include "app/runner/command_line.h"

#include <csignal>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "app/runner/commands.h"
#include "app/runner/seed_check.h"
#include "app/runner/study_command_line.h"
#include "engine/base/memory_guard.h"

namespace ty::runner {

namespace {

constexpr int kUsage = 2;

void addForm(CLI::App& command, OutputForm& form)
{
    command.add_flag_callback("--json", [&form] { form = OutputForm::Json; }, "Answer as JSON");
}

void addStores(CLI::App& command, int& descriptor)
{
    command.add_option(
        "--stores-fd", descriptor, "Descriptor of a pipe with what opens the stores that data lie in; trainyard sets it")
        ->group("");
}

void addPixels(CLI::App& command, std::string& pixels)
{
    command.add_option(
        "--pixels", pixels, "For a network of another program: what it wants pixels to be: 0..1 (default), -1..1, 0..255, "
        "imagenet, or MEAN/DEVIATION");
}

void addNetworkWords(CLI::App& command, NetworkWords& words)
{
    command.add_option(
        "--classes,--labels", words.classes, "For a network of another program: the classes in the order of its outputs, a,b,c or @FILE");
    command.add_option(
        "--columns", words.columns, "For a network of another program: the columns in the order of its inputs, a,b,c");
    command.add_option("--target", words.target, "For a network of another program: the column to predict; guessed when not given");
    addPixels(command, words.pixels);
}

constexpr auto kPrepareHelp =
    "Steps of preparation: a file, or JSON: [{\"step\": \"compute\", \"column\": \"bmi\", \"expression\": \"weight / height ^ 2\"}]; "
    "see the manual";

constexpr auto kFixesHelp = "Corrections of samples, JSON: {\"labels\": {\"line 17\": \"cat\"}, \"excluded\": [\"line 3\"]}";

void addReading(CLI::App& command, ReadingOptions& options)
{
    command.add_option("path", options.path, "File or folder, sample:NAME, or FILE.db::TABLE")->required();
    command.add_option("--target", options.target, "Column to predict; guessed when not given");
    command.add_option("--task", options.task, "classification or regression, guessed when not given; grouping: there is no target, find groups of similar rows");
    command.add_option("--columns", options.columns, "JSON: {\"column\": {\"type\": ..., \"role\": ...}}");
    command.add_option(
        "--repairs", options.repairs, "What to do about problems, JSON: {\"duplicates\": \"keep-one\", ...}; see the manual");
    command.add_option("--prepare", options.prepare, kPrepareHelp);
    addStores(command, options.storesDescriptor);
    addForm(command, options.form);
}

void addInspect(CLI::App& app, InspectOptions& options)
{
    auto* command = app.add_subcommand("inspect", "Say what a dataset is: task, samples, classes or columns, problems");
    addReading(*command, options);
    auto* tree = command
        ->add_option(
            "--tree", options.tree, "PATH is a model or a run of trees: tell the tree of this number, from 1 on (1)")
        ->expected(0, 1)
        ->default_str("1")
        ->check(CLI::Range(1, 1'000'000));
    auto* data = command->add_option("--data", options.data, "With --tree: data of which a row is followed through the tree")->needs(tree);
    command->add_option("--row", options.row, "With --data: which row, from 1 on (1)")->needs(data)->check(CLI::PositiveNumber);
    command->add_option("--fixes", options.fixes, kFixesHelp);
    auto* leakage = command->add_flag(
        "--leakage", options.isLeakageSought, "Look for samples that are nearly the same, within and across the parts of the split");
    command->add_option("--against", options.against, "With --leakage: the samples of this other file, for example the test data")->needs(leakage);
    command->footer("Examples:\n  trainyard-run inspect iris.csv\n  trainyard-run inspect runs/iris --tree 3 --data iris.csv --row 17");
}

void addConvert(CLI::App& app, ConvertOptions& options)
{
    auto* command = app.add_subcommand("convert", "Write data in another form: csv, arff, libsvm, npy, npz, or a folder for each class");
    addReading(*command, options);
    command->add_option("--to", options.to, "csv, arff, libsvm, npy, npz or folder")->required();
    command->add_option("--out", options.out, "New folder for the files and dataset.json")->required();
    command->add_option("--fixes", options.fixes, kFixesHelp);
    command->footer("Example:\n  trainyard-run convert iris.csv --to arff --out iris-arff");
}

void addTrain(CLI::App& app, TrainOptions& options)
{
    auto* command = app.add_subcommand("train", "Train a model; writes everything into one run folder");
    command->add_option("run", options.runFile, "RUN.json, a run's description");
    command->add_option("--out", options.out, "Folder for the run (required)");
    command->add_option("--data", options.data, "What to train on: file or folder, or sample:NAME");
    command->add_option("--validation", options.validation, "Data to choose by; else a part of --data");
    command->add_option("--test", options.test, "Data to judge by, once, at the end");
    command->add_option("--target", options.target, "Column to predict; guessed when not given");
    command->add_option("--task", options.task, "classification or regression, guessed when not given; grouping: there is no target, find groups of similar rows");
    command->add_option("--columns", options.columns, "JSON: {\"column\": {\"type\": ..., \"role\": ...}}");
    command->add_option(
        "--repairs", options.repairs, "What to do about problems, JSON: {\"duplicates\": \"keep-one\", ...}; see the manual");
    command->add_option("--prepare", options.prepare, kPrepareHelp);
    command->add_option("--fixes", options.fixes, kFixesHelp);
    command->add_option("--validation-fraction", options.validationFraction, "Part of --data to validate on (0.2)");
    command->add_option("--test-fraction", options.testFraction, "Part of --data to test on (0)");
    command->add_option("--split-seed", options.splitSeed, "Seed of that division (42)")->check(checkSeed, "", "seed");
    command->add_option("--stratified", options.isStratified, "Whether each part gets its share of every class: true or false (true)");
    command->add_option("--learner", options.learner, "See trainyard-run learners (network)");
    command->add_option("--preset", options.preset, "fast, balanced or best (balanced)");
    command->add_option("--set", options.settings, "A setting of the learner: --set epochs=12; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--seed", options.seed, "Seed of the training (1)")->check(checkSeed, "", "seed");
    command->add_option("--device", options.device, "cpu, cuda:0 or auto (auto)");
    command->add_option("--name", options.name, "Name of the run; else that of the folder");
    command->add_option("--minutes", options.minutes, "Longest running time");
    command->add_option("--from", options.from, "Begin with these weights: a checkpoint, a model's or run's folder, an ONNX or safetensors file");
    addPixels(*command, options.pixels);
    command->add_option("--threads", options.threads, "Processor threads; 0 for all")->check(CLI::Range(0, 1024));
    addStores(*command, options.storesDescriptor);
    command->add_flag("--print-spec", options.isOnlyDescribed, "Print RUN.json for these options and do not train");
    auto* network = command->add_flag(
        "--print-network", options.isNetworkShown,
        "Print the layers, the memory and the time of a step on this computer, and do not train");
    command
        ->add_flag_function(
            "--json", [&options](std::int64_t) { options.form = OutputForm::Json; }, "With --print-network: as JSON")
        ->needs(network);
    command->add_flag("--resume", options.isResuming, "Go on from the newest checkpoint in the folder");
    command
        ->add_option_function<std::string>(
            "--events",
            [&options](const std::string& form) {
                options.events = form == "text" ? EventForm::Text : EventForm::JsonLines;
            },
            "What to write on standard output: jsonl (one JSON object a line) or text")
        ->check(CLI::IsMember({"jsonl", "text"}));
    command->footer(
        "Standard input takes commands, one JSON object a line, unless it is a terminal:\n"
        "  {\"command\":\"pause\"}  resume  finish  stop  snapshot\n"
        "  {\"command\":\"set\",\"name\":\"learningRate\",\"value\":0.001}   also epochs, patience\n"
        "--from takes over the weights alone; the epochs, the optimizer and the schedule of the new run begin anew. The\n"
        "network of an ONNX file becomes the run's.\n"
        "Ctrl+C stops with a checkpoint, a second Ctrl+C at once (exit code 5).\n\n"
        "Examples:\n"
        "  trainyard-run train --data iris.csv --out runs/iris --events text\n"
        "  trainyard-run train --data sample:digits --preset fast --out runs/digits --events text\n"
        "  trainyard-run train --data sample:digits --set network=resnet56 --print-network\n"
        "  trainyard-run train --data sample:digits --set network=@net.json --out runs/own --events text\n"
        "  trainyard-run train --out runs/iris --resume --set epochs=40\n"
        "  trainyard-run train --data iris.csv --out runs/iris-2 --from runs/iris --set learningRate=0.0001");
}

void addEvaluate(CLI::App& app, EvaluateOptions& options)
{
    auto* command = app.add_subcommand("evaluate", "Compare a model's answers with the true ones");
    command->add_option("--model", options.model, "Model or run folder, or an ONNX file")->required();
    addNetworkWords(*command, options.words);
    command->add_option("--data", options.data, "File or folder, or sample:NAME; every sample of it counts");
    command->add_option("--samples", options.samples, "CSV to write: each answer beside the truth (with --data)");
    command->add_option("--part", options.part, "Instead of --data: a part of the data that the run was trained with")
        ->check(CLI::IsMember({"training", "validation", "test"}));
    command->add_option("--device", options.device, "cpu, cuda:0 or auto");
    addStores(*command, options.storesDescriptor);
    addForm(*command, options.form);
    command->footer(
        "Examples:\n"
        "  trainyard-run evaluate --model runs/iris/model --data test.csv --json\n"
        "  trainyard-run evaluate --model runs/iris --part validation\n"
        "  trainyard-run evaluate --model resnet18.onnx --pixels imagenet --data photos");
}

void addImportance(CLI::App& app, ImportanceOptions& options)
{
    auto* command = app.add_subcommand(
        "importance", "Tell what the columns of a table are worth to a model: how much worse it answers when their values change places");
    command->add_option("--model", options.model, "A model's or run's folder")->required();
    command->add_option("--data", options.data, "What to measure on; else a part of the run's own data");
    command->add_option("--part", options.part, "Part of the run's own data (test; validation where there is none)")
        ->check(CLI::IsMember({"training", "validation", "test"}));
    command->add_option("--score", options.score, "accuracy, auc or loss of classes (accuracy), r2 or rmse of values (r2)");
    command->add_option("--repeats", options.repeats, "Times that each column is shuffled (5)")->check(CLI::Range(1, 10'000));
    command->add_option("--seed", options.seed, "Seed of the shuffling (1)")->check(checkSeed, "", "seed");
    command->add_option("--device", options.device, "cpu, cuda:0 or auto (auto)");
    addStores(*command, options.storesDescriptor);
    addForm(*command, options.form);
    command->footer("Example:\n  trainyard-run importance --model runs/iris --repeats 20");
}

void addProject(CLI::App& app, ProjectOptions& options)
{
    auto* command = app.add_subcommand("project", "Show a dataset's samples as points of a plane: t-SNE or principal components");
    addReading(*command, options);
    command->add_option("--method", options.method, "tsne: neighbours stay neighbours; pca: the directions of the largest differences (tsne)")
        ->check(CLI::IsMember({"tsne", "pca"}));
    command->add_option("--out", options.out, "CSV for the points: sample, x, y, class");
    command->add_option("--perplexity", options.perplexity, "About how many neighbours a sample has (30)")->check(CLI::Range(1.0, 1000.0));
    command->add_option("--passes", options.passes, "Passes of t-SNE (1000)")->check(CLI::Range(1, 100'000));
    command->add_option("--most", options.most, "Samples, drawn at random where there are more; 0: all (10000)");
    command->add_option("--seed", options.seed, "Seed (1)")->check(checkSeed, "", "seed");
    command->add_option("--threads", options.threads, "Processor threads; 0 for all")->check(CLI::Range(0, 1024));
    command->add_flag("--live", options.isLive, "With --json: tell the points while they move, on standard error");
    command->add_flag("--no-judge", options.isUnjudged, "Leave out the trustworthiness, which looks at every pair of samples");
    command->footer("Example:\n  trainyard-run project sample:digits --out digits.csv");
}

void addPredict(CLI::App& app, PredictOptions& options)
{
    auto* command = app.add_subcommand("predict", "Let a model answer samples");
    command->add_option("--model", options.model, "Model or run folder, or an ONNX file")->required();
    addNetworkWords(*command, options.words);
    command->add_option("--data", options.data, "File or folder, or sample:NAME");
    command->add_option("--out", options.out, "CSV to write: id, prediction, a probability for each class");
    command->add_option("--device", options.device, "cpu, cuda:0 or auto");
    command->add_option(
        "--threshold", options.threshold, "CLASS=0.3: from which probability on this class is the answer, else the one kept with the model");
    command->add_flag("--stream", options.isStream, "Answer questions on standard input, one JSON object a line");
    addStores(*command, options.storesDescriptor);
    addForm(*command, options.form);
    command->footer(
        "Questions of --stream:\n"
        "  {\"id\":1,\"row\":{\"petal length\":1.4,\"petal width\":0.2}}\n"
        "  {\"id\":2,\"image\":{\"width\":8,\"height\":8,\"channels\":1,\"data\":\"<base64>\"}}\n"
        "  {\"id\":3,\"file\":\"digit.png\"}\n"
        "Answers: {\"id\",\"prediction\",\"probabilities\"}, {\"id\",\"prediction\",\"value\"} or {\"id\",\"error\"}; of an\n"
        "autoencoder value is a pixel's squared error, and \"reconstruction\" the picture in the form of a question's image.\n\n"
        "Example:\n  trainyard-run predict --model runs/iris/model --data new.csv --out answers.csv");
}

void addThreshold(CLI::App& app, ThresholdOptions& options)
{
    auto* command = app.add_subcommand("threshold", "Keep with a model from which probability on a class is its answer");
    command->add_option("--model", options.model, "Model or run folder")->required();
    auto* set = command->add_option("--set", options.threshold, "CLASS=VALUE, or VALUE for the second of two classes; without it, tell");
    command->add_flag("--clear", options.isCleared, "Answer by the likeliest class again")->excludes(set);
    addForm(*command, options.form);
    command->footer("Example:\n  trainyard-run threshold --model runs/cancer --set malignant=0.2");
}

void addExport(CLI::App& app, ExportOptions& options)
{
    auto* command = app.add_subcommand("export", "Write a model in a format that other programs read");
    command->add_option("--model", options.model, "Model folder, or the run folder that holds it")->required();
    command->add_option("--format", options.format, "onnx or safetensors")->required();
    command->add_option("--out", options.out, "File to write")->required();
    command->add_option("--checkpoint", options.checkpoint, "Export the weights of this checkpoint of the run");
    command->add_option("--opset", options.opset, "With --format onnx: the version of its operators, 13 to 17 (13)");
    addForm(*command, options.form);
    command->footer("Example:\n  trainyard-run export --model runs/iris/model --format onnx --out iris.onnx");
}

void addImport(CLI::App& app, ImportOptions& options)
{
    auto* command = app.add_subcommand("import", "Make a model of a network file: ONNX, or safetensors of this program");
    command->add_option("file", options.file, "FILE.onnx or FILE.safetensors")->required();
    command->add_option("--out", options.out, "Folder to make; without it nothing is written");
    command->add_option("--name", options.name, "Name of the model; else that of the file");
    command->add_option("--data", options.data, "Data it was made for; columns and classes are named as there");
    command->add_option("--input", options.input, "Shape of a sample where the file leaves it open: 3,224,224");
    addNetworkWords(*command, options.words);
    addForm(*command, options.form);
    command->footer(
        "Examples:\n"
        "  trainyard-run import resnet18.onnx --pixels imagenet --labels cat,dog --out models/resnet18\n"
        "  trainyard-run import net.onnx --json");
}

void addLearners(CLI::App& app, LearnersOptions& options)
{
    auto* command = app.add_subcommand("learners", "List the ways to learn and all their settings");
    command->add_option("--kind", options.kind, "Show presets for table or image data")
        ->check(CLI::IsMember({"table", "image"}));
    command->add_option("--task", options.task, "Show presets for classification, regression, next-word or grouping")
        ->check(CLI::IsMember({"classification", "regression", "next-word", "grouping"}));
    command->add_option("--samples", options.samples, "Show presets for so many samples");
    addForm(*command, options.form);
    command->footer("Example:\n  trainyard-run learners --json");
}

void addLayers(CLI::App& app, OutputForm& form)
{
    auto* command = app.add_subcommand("layers", "List the layers that a network of your own may have, with all their settings");
    addForm(*command, form);
    command->footer("Example:\n  trainyard-run layers | less");
}

void addSpec(CLI::App& app, SpecOptions& options)
{
    auto* command = app.add_subcommand("spec", "Explore a guarded-command machine; make examples of its transitions");
    command->add_option("path", options.path, "FILE.mch")->required();
    command->add_option("--examples", options.examples, "Folder for train.csv and test.csv: valid and invalid transitions");
    command->add_option("--invalid", options.invalidProportion, "Invalid transitions for each valid one (1)")
        ->check(CLI::Range(0.0, 1000.0));
    command->add_option("--test-fraction", options.testShare, "Part of the examples for test.csv (0.2)")->check(CLI::Range(0.0, 0.99));
    command->add_option("--seed", options.seed, "Seed of drawing and shuffling (777)")->check(checkSeed, "", "seed");
    command->add_option("--limit", options.stateLimit, "States after which to stop (1000000)")
        ->check(CLI::Range(1U, 100'000'000U));
    auto* before = command->add_option("--before", options.before, "A transition to judge: the state before, \"x = 1, s = {ann}\"");
    auto* operation = command->add_option("--operation", options.operation, "Its operation");
    auto* after = command->add_option("--after", options.after, "Its state after");
    before->needs(operation, after);
    operation->needs(before);
    after->needs(before);
    command->add_option("--model", options.model, "Model or run folder that scores it too")->needs(before);
    addForm(*command, options.form);
    command->footer(
        "Examples:\n  trainyard-run spec lift.mch --examples lift-transitions\n"
        "  trainyard-run spec inc1.mch --before \"x = 1\" --operation inc1 --after \"x = 2\" --model runs/inc1");
}

void addCompare(CLI::App& app, CompareOptions& options)
{
    auto* command = app.add_subcommand("compare", "Train several learners on the same data and show their scores side by side");
    auto* data = command->add_option("--data", options.data, "What to learn from");
    command->add_option("--test", options.test, "Data to judge by; else a part of --data")->needs(data);
    command->add_option("--folder", options.folder, "Tables NAME_train.csv with NAME_test.csv, plain or .gz")->excludes(data);
    command->add_option("--run", options.run, "A run.json: its data, preset and seed, with each learner's own settings")->excludes(data);
    command->add_option("--machines", options.machines, "Folder of machines (*.mch) that examples are made of, or \"bundled\"")
        ->excludes(data);
    command->add_flag("--as-seed", options.isAsInTheSeed, "The five learners of the state-transition experiment, with its settings");
    command->add_option("--example-seed", options.exampleSeed, "Seed of the machines' examples (777)")->check(checkSeed, "", "seed");
    command->add_option("--set", options.settings, "LEARNER.NAME=VALUE, for example svm.cost=10; may be repeated")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--csv", options.csv, "Also write the table to this file");
    command->add_option("--markdown", options.markdown, "Also write the table to this file");
    command->add_option("--learners", options.learners, "Names as in trainyard-run learners, separated by commas; else all that fit")
        ->delimiter(',');
    command->add_option("--target", options.target, "Column to predict");
    command->add_option("--task", options.task, "classification or regression; guessed when not given; grouping: find groups without a target");
    command->add_option("--preset", options.preset, "fast, balanced or best")->check(CLI::IsMember({"fast", "balanced", "best"}));
    command->add_option("--metric", options.metric, "What to sort by, for example accuracy (roc_auc, r2 or silhouette)");
    command->add_option("--validation-fraction", options.validationShare, "Part of --data to judge by (0.2)")->check(CLI::Range(0.01, 0.9));
    command->add_option("--seed", options.seed, "Seed of all learners (1)")->check(checkSeed, "", "seed");
    command->add_option("--threads", options.threads, "Processor threads; 0 for all")->check(CLI::Range(0, 1024));
    command->add_option("--out", options.out, "Folder that keeps the runs; else they are not kept");
    addStores(*command, options.storesDescriptor);
    addForm(*command, options.form);
    command->footer(
        "Examples:\n  trainyard-run compare --data sample:iris --learners forest,svm,baseline\n"
        "  trainyard-run compare --machines bundled --markdown table.md");
}

void addKeptState(CLI::App& command, KeptState& kept)
{
    command.add_option("--checkpoint", kept.file, "File that keeps how far it is; the same command goes on from it after a crash");
    command.add_option("--checkpoint-seconds", kept.seconds, "Time between two writes of it (60)")->check(CLI::Range(0.05, 86'400.0));
}

void addSequence(CLI::App& app, SequenceOptions& options)
{
    auto* command = app.add_subcommand("sequence", "Fit a hidden Markov model to a column, row after row, and tell its likeliest states");
    command->add_option("data", options.data, "Table, or sample:NAME")->required();
    command->add_option("--column", options.column, "Numbers (normally distributed in each state) or symbols")->required();
    command->add_option("--by", options.by, "Column of categories; a new sequence begins where it changes");
    command->add_option("--states", options.states, "Hidden states (2)")->check(CLI::Range(1, 1000));
    command->add_option("--restarts", options.restarts, "Random beginnings, of which the best is kept (5)")->check(CLI::Range(1, 10'000));
    command->add_option("--seed", options.seed, "Seed of the beginnings (1)")->check(checkSeed, "", "seed");
    command->add_option("--out", options.out, "CSV file for the likeliest state of each row");
    addKeptState(*command, options.kept);
    addStores(*command, options.storesDescriptor);
    addForm(*command, options.form);
    command->add_flag("--ways", options.areWaysTold, "With --json: tell each sequence with its likeliest states, and each pass on standard error");
    command->footer("Example:\n  trainyard-run sequence signal.csv --column level --states 3 --out states.csv");
}

void addWorld(CLI::App& app, WorldOptions& options)
{
    auto* command = app.add_subcommand("world", "Learn the best moves in a world of squares (Q-learning)");
    command->add_option("file", options.file, "Lines of . (free) # (wall) S (start) G (goal) P (pit); else a small world of ours");
    command->add_option("--episodes", options.episodes, "Walks from the start (3000)")->check(CLI::Range(1, 10'000'000));
    command->add_option("--rate", options.rate, "Learning rate (0.3)")->check(CLI::Range(1e-6, 1.0));
    command->add_option("--discount", options.discount, "Worth of a reward one step later (0.95)")->check(CLI::Range(0.0, 1.0));
    command->add_option("--exploring", options.exploring, "Share of random moves at first (0.5)")->check(CLI::Range(0.0, 1.0));
    command->add_option("--slip", options.slip, "Probability that a step goes aside (0)")->check(CLI::Range(0.0, 0.9));
    command->add_option("--seed", options.seed, "Seed of the walks (1)")->check(checkSeed, "", "seed");
    command->add_option("--squares", options.squares, "The world itself instead of a file, its lines divided by /: S.G/...");
    command->add_option("--snapshots", options.snapshots, "With --json: tell so many times in between what is known")
        ->check(CLI::Range(0, 1000));
    command->add_flag("--watch", options.isWatched, "Draw the world while it is learned");
    addKeptState(*command, options.kept);
    addForm(*command, options.form);
    command->footer("Example:\n  trainyard-run world --watch");
}

void addBench(CLI::App& app, BenchOptions& options)
{
    auto* command = app.add_subcommand("bench", "Time training steps of well-known networks, reading data, or other learners, on this computer");
    command->add_option("--suite", options.suite, "training: networks; data: CSV, NPY, IDX, JPEG; learners: forest, svm, ...")
        ->check(CLI::IsMember({"training", "data", "learners"}))
        ->default_str("training");
    command->add_option("--case", options.cases, "Only this network or kind of data; may be repeated");
    command->add_option("--rows", options.rows, "Of learners: rows of the table (50000)")->check(CLI::Range(1000, 10'000'000));
    command->add_option("--megabytes", options.megabytes, "Of data: size of each file (1000)")->check(CLI::Range(1, 100'000));
    command->add_option("--seconds", options.seconds, "Time for each network (3)")->check(CLI::Range(0.1, 600.0));
    command->add_option("--threads", options.threads, "Processor threads; 0 for all")->check(CLI::Range(0, 1024));
    command->add_option("--precision", options.precision, "float32, bfloat16, or both beside each other")
        ->check(CLI::IsMember({"float32", "bfloat16", "both"}));
    command->add_flag("--peer", options.hasPeer, "Also time PyTorch on the same networks; pandas, NumPy and Pillow on the same data, and curl, Microsoft's library and sftp beside our transfers (--case transfers); or scikit-learn on the same table, if installed");
    command->add_flag("--nodes", options.hasNodes, "With --json: each node of the step alone");
    addForm(*command, options.form);
    command->footer(
        "floor: products and convolutions each alone, and every other byte at the speed of memory, measured in the same run.\n\n"
        "Examples:\n  trainyard-run bench --suite training --peer --json\n  trainyard-run bench --suite data --peer");
}

int parseAndRun(int argc, char** argv)
{
    CLI::App app("Inspect data, train, evaluate and export models, without a window.", "trainyard-run");
    app.set_version_flag("--version", std::string("trainyard-run ") + TRAINYARD_VERSION);
    app.set_help_all_flag("--help-all", "Help of all commands");
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 ok, 1 failed, 2 usage, 3 not signed in, 4 quota or capacity, 5 cancelled.\n"
        "\"trainyard-run COMMAND --help\" says more.");
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    InspectOptions inspectOptions;
    ConvertOptions convertOptions;
    TrainOptions trainOptions;
    EvaluateOptions evaluateOptions;
    PredictOptions predictOptions;
    ThresholdOptions thresholdOptions;
    ExportOptions exportOptions;
    ImportOptions importOptions;
    LearnersOptions learnersOptions;
    OutputForm layersForm = OutputForm::Text;
    SpecOptions specOptions;
    CompareOptions compareOptions;
    ValidateOptions validateOptions;
    TuneOptions tuneOptions;
    SequenceOptions sequenceOptions;
    WorldOptions worldOptions;
    BenchOptions benchOptions;
    addInspect(app, inspectOptions);
    addConvert(app, convertOptions);
    addTrain(app, trainOptions);
    addEvaluate(app, evaluateOptions);
    ProjectOptions projectOptions;
    addProject(app, projectOptions);
    ImportanceOptions importanceOptions;
    addImportance(app, importanceOptions);
    addPredict(app, predictOptions);
    addThreshold(app, thresholdOptions);
    addExport(app, exportOptions);
    addImport(app, importOptions);
    addLearners(app, learnersOptions);
    addLayers(app, layersForm);
    addSpec(app, specOptions);
    addCompare(app, compareOptions);
    addValidate(app, validateOptions);
    addTune(app, tuneOptions);
    addSequence(app, sequenceOptions);
    addWorld(app, worldOptions);
    addBench(app, benchOptions);

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {
        return app.exit(wanted); // --help, --version
    } catch (const CLI::ParseError& wrong) {
        std::string command = "trainyard-run";
        for (const CLI::App* chosen : app.get_subcommands()) {
            command += " " + chosen->get_name();
        }
        std::fprintf(stderr, "error: %s\n       See %s --help.\n", wrong.what(), command.c_str());
        return kUsage;
    }
    if (app.got_subcommand("inspect")) {
        return inspectOptions.tree > 0 ? inspectTree(inspectOptions) : inspect(inspectOptions);
    }
    if (app.got_subcommand("convert")) {
        return convert(convertOptions);
    }
    if (app.got_subcommand("train")) {
        return train(trainOptions);
    }
    if (app.got_subcommand("evaluate")) {
        return evaluate(evaluateOptions);
    }
    if (app.got_subcommand("project")) {
        return project(projectOptions);
    }
    if (app.got_subcommand("importance")) {
        return tellImportance(importanceOptions);
    }
    if (app.got_subcommand("predict")) {
        return predict(predictOptions);
    }
    if (app.got_subcommand("threshold")) {
        return chooseThreshold(thresholdOptions);
    }
    if (app.got_subcommand("import")) {
        return importModel(importOptions);
    }
    if (app.got_subcommand("spec")) {
        return exploreSpec(specOptions);
    }
    if (app.got_subcommand("sequence")) {
        return learnSequence(sequenceOptions);
    }
    if (app.got_subcommand("world")) {
        return learnWorld(worldOptions);
    }
    if (app.got_subcommand("compare")) {
        return compareLearners(compareOptions);
    }
    if (app.got_subcommand("validate")) {
        return validate(validateOptions);
    }
    if (app.got_subcommand("tune")) {
        return tune(tuneOptions);
    }
    if (app.got_subcommand("layers")) {
        return listLayers(layersForm);
    }
    if (app.got_subcommand("bench")) {
        return bench(benchOptions);
    }
    return app.got_subcommand("export") ? exportModel(exportOptions) : listLearners(learnersOptions);
}

} // namespace

int runCommandLine(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN); // a closed pipe is an error of a write, not the end of a training
    std::signal(SIGXFSZ, SIG_IGN); // likewise a file at its limit
    try {
        // Also what is missing for a thread's stack, before there is a run.
        const auto code = guardMemory("this command", [&]() -> Result<int> { return parseAndRun(argc, argv); });
        return code ? code.value() : reportError(code.error(), OutputForm::Text);
    } catch (const std::exception& e) {
        return reportError(
            {ErrorKind::Internal, std::string("a defect of Trainyard: ") + e.what(), "Please report it."},
            OutputForm::Text);
    }
}

} // namespace ty::runner
