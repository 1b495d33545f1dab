#include "app/cli/cli.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "app/catalog/catalog.h"
#include "app/cli/chase_command.h"
#include "app/cli/cloud_command.h"
#include "app/cli/cluster_command.h"
#include "app/cli/commands.h"
#include "app/cli/runner_process.h"
#include "app/cli/storage_command.h"
#include "app/cli/store_command.h"
#include "app/cli/vm_command.h"
#include "app/cli/vm_options.h"

namespace ty::cli {

namespace {

constexpr int kUsage = 2;
/// Our own first, then those of trainyard-run.
constexpr std::array<std::string_view, 19> kCommands
    = {"runs",   "data",      "models", "trash",   "repair",   "vm",      "cloud",  "cluster", "chase",
       "stores", "storage", "transfers", "train",  "inspect", "evaluate", "predict", "export", "learners", "spec"};
constexpr std::size_t kOwnCommands = 12;

struct Chosen {
    std::string command;
    Request request;
    VmRequest vm;
    CloudRequest cloud;
    StoreRequest stores;
    ClusterRequest cluster;
    StorageRequest storage;
    ChaseCommand chase;
    std::string dataDir;
};

void addForm(CLI::App& command, Chosen& chosen)
{
    command.add_flag_callback(
        "--json", [&chosen] { chosen.request.form = OutputForm::Json; }, "Answer as JSON");
}

/// One verb of a noun: `trainyard runs show NAME...`.
CLI::App* addAction(CLI::App& noun, Chosen& chosen, const char* action, const char* help, const char* names)
{
    auto* command = noun.add_subcommand(action, help);
    if (names != nullptr) {
        command->add_option("names", chosen.request.names, names)->required();
    }
    addForm(*command, chosen);
    command->callback([&chosen, &noun, action] {
        chosen.command = noun.get_name();
        chosen.request.action = action;
    });
    return command;
}

void addRuns(CLI::App& app, Chosen& chosen)
{
    auto* runs = app.add_subcommand("runs", "Runs in the catalog: list, show, resume, delete, export");
    runs->require_subcommand(1);
    addAction(*runs, chosen, "list", "All runs, newest first", nullptr);
    addAction(*runs, chosen, "show", "One run: state, settings, metrics", "Names or ids");
    addAction(*runs, chosen, "delete", "Into the trash, for 30 days", "Names or ids");
    addAction(*runs, chosen, "export", "Every metric point as CSV: run,metric,step,epoch,time,value", "Names or ids")
        ->add_option("--out", chosen.request.out, "File to write")
        ->required();
    auto* resume = addAction(*runs, chosen, "resume", "Go on from the newest checkpoint", "Name or id");
    resume->add_option("--set", chosen.request.rest, "A setting that may be raised: --set epochs=40")
        ->allow_extra_args(false);
    runs->footer("Examples:\n  trainyard runs list --json\n  trainyard runs export digits-fast-1 --out points.csv");
}

CLI::App* addData(CLI::App& app, Chosen& chosen)
{
    auto* data = app.add_subcommand("data", "Datasets in the catalog, and files in stores: list, show, versions, import, inspect, split, relabel, delete, export, ls, cp, sync, rm, undelete");
    data->require_subcommand(1);
    addAction(*data, chosen, "list", "All datasets, newest first", nullptr);
    addAction(*data, chosen, "show", "One dataset: what it is and its problems", "Names or ids");
    addAction(*data, chosen, "versions", "Every state of a dataset that was seen, and what changed", "Name or id");
    addAction(*data, chosen, "import", "Inspect data and remember it; nothing is copied", "Files, folders or addresses")->alias("add");
    addAction(*data, chosen, "delete", "Forget a dataset; the data itself is never touched", "Names or ids");
    auto* exporting = addAction(*data, chosen, "export", "The data in another form, or the description alone", "Name or id, or a file or folder");
    exporting->add_option("--to", chosen.request.to, "csv, arff, libsvm, npy, npz, or folder: one for each class");
    exporting->add_option("--out", chosen.request.out, "New folder for data and dataset.json; without --to the file for the description")
        ->required();
    auto* split = addAction(*data, chosen, "split", "How a dataset is divided for training, validation and test; kept with it and done by its runs", "Name or id");
    DatasetEdit& edit = chosen.request.edit;
    split->add_option("--validation", edit.validation, "Part for validation, 0 to 1")->check(CLI::Range(0.0, 0.99));
    split->add_option("--test", edit.test, "Part for test, 0 to 1")->check(CLI::Range(0.0, 0.99));
    split->add_option("--seed", edit.seed, "Another seed is another draw");
    split->add_option("--stratified", edit.isStratified, "Whether each part gets its share of every class: true or false");
    auto* relabel = addAction(*data, chosen, "relabel", "Correct single samples of a dataset; the files stay as they are", "Name or id");
    relabel->add_option("--label", edit.labels, "SAMPLE=CLASS, as in \"line 17=cat\"; may be repeated")->allow_extra_args(false);
    relabel->add_option("--leave-out", edit.leftOut, "A sample that is not learned from; may be repeated")->allow_extra_args(false);
    relabel->add_option("--forget", edit.forgotten, "Take the correction of this sample back, or of all; may be repeated")->allow_extra_args(false);
    data->add_subcommand("inspect", "What data is, without remembering it: as \"trainyard inspect\"");
    data->footer("Examples:\n  trainyard data import flowers/\n  trainyard data export iris --to arff --out iris-arff\n  trainyard data split iris --validation 0.15 --test 0.15 --seed 7\n  trainyard data relabel iris --label \"line 17=setosa\"\n  trainyard data cp flowers/ research:images/");
    return data;
}

/// Networks of other programs; most options are the runner's.
void addImport(CLI::App& models, Chosen& chosen)
{
    auto* command = addAction(
        models, chosen, "import", "Make a model of a network file; the file is not needed afterwards",
        "FILE.onnx, or FILE.safetensors of this program");
    command->add_option("--name", chosen.request.name, "Name of the model; else that of the file");
    const auto handOn = [&chosen, command](const char* option, const char* help) {
        const std::string first = std::string(option).substr(0, std::string_view(option).find(','));
        command->add_option_function<std::string>(
            option,
            [&chosen, first](const std::string& value) { chosen.request.rest.insert(chosen.request.rest.end(), {first, value}); },
            help);
    };
    handOn("--pixels", "What it wants pixels to be: 0..1 (default), -1..1, 0..255, imagenet, or MEAN/DEVIATION");
    handOn("--classes,--labels", "The classes in the order of its outputs, a,b,c, or @FILE with one a line");
    handOn("--columns", "The columns in the order of its inputs, a,b,c");
    handOn("--target", "Name of what it predicts");
    handOn("--data", "Data it was made for; columns and classes are named as there");
    handOn("--input", "Shape of a sample where the file leaves it open: 3,224,224");
}

void addModels(CLI::App& app, Chosen& chosen)
{
    auto* models = app.add_subcommand("models", "Models in the catalog: list, show, add, import, delete, export");
    models->require_subcommand(1);
    addAction(*models, chosen, "list", "All models, newest first", nullptr);
    addAction(*models, chosen, "show", "One model", "Names or ids");
    addAction(*models, chosen, "add", "Take in a model folder; it stays where it is", "Folders");
    addImport(*models, chosen);
    addAction(*models, chosen, "delete", "Into the trash, for 30 days", "Names or ids");
    auto* exporting = addAction(*models, chosen, "export", "Write a format that other programs read", "Name or id");
    exporting->add_option("--format", chosen.request.format, "onnx or safetensors")->default_val("onnx");
    exporting->add_option("--out", chosen.request.out, "File to write")->required();
    models->footer(
        "Examples:\n  trainyard models import resnet18.onnx --pixels imagenet --labels cat,dog\n"
        "  trainyard models export digits-fast-1 --format onnx --out digits.onnx");
}

void addTrash(CLI::App& app, Chosen& chosen)
{
    auto* trash = app.add_subcommand("trash", "What was deleted: list, restore, empty");
    trash->require_subcommand(1);
    addAction(*trash, chosen, "list", "Everything in the trash", nullptr);
    addAction(*trash, chosen, "restore", "Bring back", "Names or ids of \"trash list\"");
    auto* empty = addAction(*trash, chosen, "empty", "Remove for good and free the disk", nullptr);
    empty->add_option("names", chosen.request.names, "Only these; else everything");
}

int repair(catalog::Catalog& catalog, OutputForm form)
{
    const auto report = catalog.repair();
    if (!report) {
        return reportError(report.error(), form);
    }
    if (form == OutputForm::Json) {
        printJson(
            {{"interrupted", report->interrupted}, {"caughtUp", report->caughtUp}, {"adopted", report->adopted},
             {"problems", report->problems}, {"expired", report->expired}});
        return 0;
    }
    const auto say = [](const std::vector<std::string>& names, const char* words) {
        for (const std::string& name : names) {
            printText(name + words + "\n");
        }
    };
    say(report->interrupted, ": was interrupted; \"trainyard runs resume\" goes on from its last checkpoint");
    say(report->caughtUp, ": brought up to date");
    say(report->adopted, ": taken into the catalog");
    say(report->problems, "");
    return 0;
}

int perform(const Chosen& chosen)
{
    const OutputForm form = chosen.command == "vm" ? chosen.vm.form
        : chosen.command == "cloud"                ? chosen.cloud.form
        : chosen.command == "stores"               ? chosen.stores.form
        : chosen.command == "cluster"              ? chosen.cluster.form
        : chosen.command == "storage"              ? chosen.storage.form
        : chosen.command == "chase"                ? chosen.chase.form
                                                   : chosen.request.form;
    auto paths = catalog::Paths::fromEnvironment(chosen.dataDir);
    if (!paths) {
        return reportError(paths.error(), form);
    }
    catalog::OpenReport opening;
    auto opened = catalog::Catalog::open(paths.value(), &opening);
    if (!opened) {
        return reportError(opened.error(), form);
    }
    catalog::Catalog& catalog = *opened.value();
    if (!opening.movedAside.empty()) {
        std::fprintf(
            stderr, "warning: the catalog was damaged; it is kept as %s and rebuilt from the run folders\n",
            opening.movedAside.c_str());
    }
    if (opening.isNew) {
        (void)catalog.repair(); // run folders of a lost catalog
    }
    const std::string& command = chosen.command;
    if (command == "repair") {
        return repair(catalog, form);
    }
    if (command == "cloud") {
        const auto code = cloudCommand(catalog, chosen.cloud);
        return code ? code.value() : reportError(code.error(), form);
    }
    if (command == "stores") {
        const auto code = storeCommand(catalog, chosen.stores);
        return code ? code.value() : reportError(code.error(), form);
    }
    if (command == "cluster") {
        const auto code = clusterCommand(catalog, chosen.cluster);
        return code ? code.value() : reportError(code.error(), form);
    }
    if (command == "storage") {
        const auto code = storageCommand(catalog, chosen.storage);
        return code ? code.value() : reportError(code.error(), form);
    }
    if (command == "chase") {
        const auto code = chaseCommand(catalog, chosen.chase);
        return code ? code.value() : reportError(code.error(), form);
    }
    if (command == "vm") {
        const auto code = vmCommand(catalog, chosen.vm);
        return code ? code.value() : reportError(code.error(), form);
    }
    if (command == "train" || (command == "runs" && chosen.request.action == "resume")) {
        std::vector<std::string> rest;
        for (const std::string& setting : chosen.request.rest) {
            rest.insert(rest.end(), {"--set", setting});
        }
        const auto code = command == "train" ? trainCommand(catalog, chosen.request.rest)
                                             : resumeCommand(catalog, chosen.request.names.at(0), rest);
        return code ? code.value() : reportError(code.error(), form);
    }
    if (command == "evaluate" || command == "predict" || command == "export" || command == "inspect") {
        const auto code = passOn(catalog, command, chosen.request.rest);
        return code ? code.value() : reportError(code.error(), form);
    }
    const auto done = command == "runs" ? runsCommand(catalog, chosen.request)
        : command == "data"             ? dataCommand(catalog, chosen.request)
        : command == "models"           ? modelsCommand(catalog, chosen.request)
                                        : trashCommand(catalog, chosen.request);
    return done ? 0 : reportError(done.error(), form);
}

/// Commands of trainyard-run take their own options; those are not ours to judge.
bool isPassedOn(const std::string& word)
{
    return std::find(kCommands.begin() + kOwnCommands, kCommands.end(), word) != kCommands.end();
}

/// `trainyard [--data-dir DIR] COMMAND ...` with a command of trainyard-run; false if it is another one.
bool parsePassedOn(int argc, char** argv, Chosen& chosen)
{
    int at = 1;
    while (at < argc && std::string_view(argv[at]) == "--data-dir" && at + 1 < argc) {
        chosen.dataDir = argv[at + 1];
        at += 2;
    }
    if (at + 1 < argc && std::string_view(argv[at]) == "data" && std::string_view(argv[at + 1]) == "inspect") {
        ++at; // needs no catalog
    }
    if (at >= argc || !isPassedOn(argv[at])) {
        return false;
    }
    chosen.command = argv[at];
    chosen.request.rest.assign(argv + at + 1, argv + argc);
    return true;
}

int parseAndPerform(int argc, char** argv)
{
    Chosen chosen;
    if (parsePassedOn(argc, argv, chosen)) {
        const bool isHere = std::none_of(chosen.request.rest.begin(), chosen.request.rest.end(), isStoreAddress);
        if (chosen.command == "learners" || chosen.command == "spec" || (chosen.command == "inspect" && isHere)) {
            std::vector<std::string> words = {chosen.command};
            words.insert(words.end(), chosen.request.rest.begin(), chosen.request.rest.end());
            const auto code = runRunner(words);
            return code ? code.value() : reportError(code.error(), OutputForm::Text);
        }
        return perform(chosen);
    }
    CLI::App app(
        "Trainyard: train, watch, compare and export models.\n"
        "Without a command the window opens; files and folders given are opened in it.",
        "trainyard");
    app.set_version_flag("--version", std::string("trainyard ") + TRAINYARD_VERSION);
    app.add_option("--data-dir", chosen.dataDir, "Keep everything below this folder (or set TRAINYARD_HOME)");
    app.require_subcommand(1);
    app.footer(
        "Commands of trainyard-run work here too, with runs and models recorded in the catalog:\n"
        "  train, inspect, evaluate, predict, export, learners, spec   (\"trainyard train --help\")\n"
        "Options of the window: --page NAME, --offscreen\n\n"
        "Exit codes: 0 ok, 1 failed, 2 usage, 3 not signed in, 4 quota or capacity, 5 cancelled.");
    addRuns(app, chosen);
    CLI::App* data = addData(app, chosen);
    addModels(app, chosen);
    addTrash(app, chosen);
    addVm(app, chosen.vm, chosen.command);
    addCloud(app, chosen.cloud, chosen.command);
    addStores(app, *data, chosen.stores, chosen.command);
    addCluster(app, chosen.cluster, chosen.command);
    addStorage(app, chosen.storage, chosen.command);
    addChase(app, chosen.chase, chosen.command);
    auto* repairing = app.add_subcommand("repair", "Bring the catalog up to date with the run folders");
    addForm(*repairing, chosen);
    repairing->callback([&chosen] { chosen.command = "repair"; });
    try {
        auto words = sshOptionsFirst({argv + 1, argv + argc});
        std::reverse(words.begin(), words.end()); // as the parser takes them
        app.parse(std::move(words));
    } catch (const CLI::Success& wanted) {
        return app.exit(wanted); // --help, --version
    } catch (const CLI::ParseError& wrong) {
        std::fprintf(stderr, "error: %s\n       See trainyard --help.\n", wrong.what());
        return kUsage;
    }
    return perform(chosen);
}

} // namespace

bool isCommand(const char* word)
{
    return std::find(kCommands.begin(), kCommands.end(), std::string_view(word)) != kCommands.end();
}

int runCli(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_DFL); // `trainyard runs list | head` ends quietly
    try {
        return parseAndPerform(argc, argv);
    } catch (const std::exception& e) {
        return reportError(
            {ErrorKind::Internal, std::string("a defect of Trainyard: ") + e.what(), "Please report it."},
            OutputForm::Text);
    }
}

} // namespace ty::cli
