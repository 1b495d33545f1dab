#include "app/runner/study_command_line.h"

#include <CLI/CLI.hpp>

#include "app/runner/commands.h"
#include "app/runner/seed_check.h"

namespace ty::runner {

namespace {

/// What both commands take.
template <typename Options> void addStudy(CLI::App& command, Options& options)
{
    StudyData& study = options.study;
    auto* data = command.add_option("data,--data", study.data, "What to learn from: file or folder, or sample:NAME");
    command.add_option("--run", study.run, "A run.json: its data, preset, seed and settings")->excludes(data);
    command.add_option("--target", study.target, "Column to predict; guessed when not given");
    command.add_option("--task", study.task, "classification or regression; guessed when not given; grouping: find groups without a target");
    command.add_option("--columns", study.columns, "JSON: {\"column\": {\"type\": ..., \"role\": ...}}");
    command.add_option("--preset", study.preset, "fast, balanced or best (balanced)")->check(CLI::IsMember({"fast", "balanced", "best"}));
    command.add_option("--seed", study.seed, "Seed of all fits (1)")->check(checkSeed, "", "seed");
    command.add_option("--stores-fd", study.storesDescriptor, "Descriptor of a pipe with what opens the stores that data lie in; trainyard sets it")
        ->group("");
    command.add_option("--csv", options.csv, "Also write a line a fit to this file");
    command.add_option("--out", options.out, "Folder that keeps the study, so that it can be resumed; else it is not kept");
    command.add_flag("--resume", options.isResuming, "Go on with the study in the folder");
    command.add_option("--threads", options.threads, "Processor threads; 0 for all")->check(CLI::Range(0, 1024));
    command.add_flag_callback("--json", [&options] { options.form = OutputForm::Json; }, "Answer as JSON; progress is a line a fit on standard error");
}

constexpr const char* kCommands =
    "Standard input takes commands, one JSON object a line: {\"command\":\"finish\"} ends after the present fit, pause, resume, stop.\n"
    "Ctrl+C stops and shows what there is.\n\n";

} // namespace

void addValidate(CLI::App& app, ValidateOptions& options)
{
    auto* command = app.add_subcommand("validate", "Cross-validate learners on the same folds: mean, spread, learning curve, paired comparison");
    addStudy(*command, options);
    command->add_option("--learner,--learners", options.learners, "Separated by commas, settings after colons: forest,svm:cost=10:kernel=linear (forest)")
        ->delimiter(',');
    auto* folds = command->add_option("--folds", options.folds, "Parts, each of which judges once (5)")->check(CLI::Range(2, 1000));
    command->add_option("--repeats", options.repeats, "So many other divisions into folds (1)")->check(CLI::Range(1, 1000));
    command->add_option("--fold-seed", options.foldSeed, "Seed of the divisions (1)")->check(checkSeed, "", "seed");
    command->add_flag("--plain", options.isPlain, "Do not keep the shares of the classes equal in all folds");
    command->add_option("--group", options.groupColumn, "Column whose equal rows stay in one fold, a patient's for example");
    command->add_option("--plan", options.planFile, "folds.json of another study: the same folds again")->excludes(folds);
    auto* curve = command->add_flag("--curve", options.hasCurve, "Also fit on 10, 20, 40 and 70 % of each training part: a learning curve");
    command->add_option("--shares", options.shares, "Of the learning curve, for example 0.05,0.25,1")->delimiter(',')->check(CLI::Range(0.001, 1.0))->needs(curve);
    command->add_option("--metric", options.metric, "What to order and compare by: auc, accuracy, f1, loss; r2, rmse, mae (auc, r2)");
    command->footer(
        std::string(kCommands)
        + "Examples:\n  trainyard-run validate sample:iris --learner forest,svm,logistic --folds 5 --repeats 3\n"
          "  trainyard-run validate table.csv --learner svm:cost=1,svm:cost=10 --metric accuracy\n"
          "  trainyard-run validate table.csv --learner boost --curve --out studies/curve");
}

void addTune(CLI::App& app, TuneOptions& options)
{
    auto* command = app.add_subcommand("tune", "Search for the settings of a learner that score best");
    addStudy(*command, options);
    command->add_option("--learner", options.learner, "See trainyard-run learners (forest)");
    command->add_option("--range", options.ranges, "cost=0.1..100, cost=0.1..100:log or kernel=linear,rbf; may be repeated; else what the learner's table says")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    command->add_option("--search", options.search, "grid, random, halton (evenly spread) or halving (many on little data, the best on more) (halton)")
        ->check(CLI::IsMember({"grid", "random", "halton", "halving"}));
    command->add_option("--runs", options.runs, "Settings to try (30)")->check(CLI::Range(1, 1'000'000));
    command->add_option("--minutes", options.minutes, "Longest time")->check(CLI::PositiveNumber);
    command->add_option("--objective,--metric", options.objective, "What to look for: auc, accuracy, f1, loss; r2, rmse, mae (auc, r2)");
    command->add_option("--folds", options.folds, "Judge each setting by so many folds; else by one held-out part")->check(CLI::Range(2, 100));
    command->add_option("--held-fraction", options.heldShare, "Part that judges, without --folds (0.2)")->check(CLI::Range(0.01, 0.9));
    command->add_flag("--keep-poor", options.isKeepingPoor, "Also try settings to their end that are behind most others");
    command->footer(
        std::string(kCommands)
        + "Examples:\n  trainyard-run tune sample:iris --learner svm --runs 20 --folds 5\n"
          "  trainyard-run tune table.csv --learner boost --search halving --minutes 5 --objective auc --out studies/boost\n"
          "  trainyard-run tune table.csv --learner boost --search halving --minutes 5 --objective auc --out studies/boost --resume");
}

} // namespace ty::runner
