#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/opened_model.h"
#include "app/runner/run_stores.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"
#include "engine/learn/evaluation.h"
#include "engine/learn/run_data.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

std::string describe(const Json& report)
{
    std::string text = assumedText(report) + fmt::format(
        "{}, {} samples\n", report.value("task", std::string()), report.value("samples", std::uint64_t{0}));
    const Json metrics = report.value("metrics", Json::object());
    for (const auto& [name, value] : metrics.items()) {
        if (value.is_number()) {
            text += fmt::format("  {:<20} {:.6g}\n", name, value.get<double>());
        }
    }
    const Json confusion = report.value("confusion", Json());
    if (!confusion.is_object() || !confusion.contains("classes") || !confusion.contains("counts")) {
        return text;
    }
    constexpr std::size_t kMostClasses = 12;
    const Json& classes = confusion["classes"];
    if (classes.size() > kMostClasses) {
        return text;
    }
    text += "Confusion (rows: true class, columns: answers)\n";
    for (std::size_t row = 0; row < classes.size(); ++row) {
        text += fmt::format("  {:<16.16}", classes[row].get<std::string>());
        for (const Json& count : confusion["counts"][row]) {
            text += fmt::format(" {:>6}", count.dump());
        }
        text += "\n";
    }
    return text;
}

/// Every sample that has an answer to compare with. Errors: InvalidInput when there is none.
Result<std::vector<std::uint32_t>> judgeableSamples(const OpenedModel& opened)
{
    std::vector<std::uint32_t> samples;
    const Task task = opened.model->encoder().task();
    for (std::uint64_t i = 0; i < opened.data->size(); ++i) {
        const bool isLabelled = task == Task::Classification ? opened.data->classOf(i) >= 0
            : task == Task::Regression                       ? opened.data->targetOf(i) == opened.data->targetOf(i) // not NaN
                                                             : true; // its own target
        if (isLabelled) {
            samples.push_back(static_cast<std::uint32_t>(i));
        }
    }
    if (samples.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            opened.data->info().path + ": no sample has a known \"" + opened.model->encoder().targetName()
                + "\" to compare with",
            "Evaluation needs the true answers; use \"trainyard-run predict\" for data without them."};
    }
    return samples;
}

/// The run folder that a model belongs to, named by itself or by the model folder in it.
Result<RunFolder> findRun(const std::string& model)
{
    std::error_code ignored;
    const auto path = std::filesystem::absolute(model, ignored).lexically_normal();
    const auto bare = path.has_filename() ? path : path.parent_path();
    for (const auto& folder : {bare, bare.parent_path()}) {
        if (pathExists(RunFolder{folder.string()}.specFile())) {
            return RunFolder{folder.string()};
        }
    }
    return Error{
        ErrorKind::Usage, "--part: " + model + " is not in the folder of a run, so nobody knows how its data was divided",
        "Name the data with --data."};
}

Result<Json> evaluatePart(const EvaluateOptions& options)
{
    TY_TRY(const RunFolder folder, findRun(options.model));
    TY_TRY(const RunSpec spec, RunSpec::load(folder.specFile()));
    TY_TRY(const auto model, openModel(options.model, options.device));
    // Pictures come as the model wants them, which is not the size they have where a network of its own was chosen.
    const Encoder& encoder = model->encoder();
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    DataNeeds needs;
    needs.pictureShape = encoder.expectedData().imageShape;
    needs.form.isReconstruction = encoder.task() == Task::Reconstruction;
    needs.form.words = encoder.vocabulary().empty() ? 0 : encoder.inputShape().front();
    TY_TRY(const RunData data, RunData::open(spec.data, needs, stores.get()));
    const auto part = options.part == "training" ? DataPart{data.training.get(), data.split.training}
        : (options.part == "test" ? data.testPart() : data.validationPart()).value_or(DataPart{});
    if (part.samples.empty()) {
        return Error{ErrorKind::Usage, "--part: the run had no " + options.part + " data", "Name other data with --data."};
    }
    TY_TRY(Json report, evaluateModel(*model, *part.dataset, part.samples));
    report["part"] = options.part;
    return report;
}

Result<Json> evaluateData(const EvaluateOptions& options)
{
    TY_TRY(const auto words, foreignWordsOf(options.words));
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    TY_TRY(OpenedModel opened, OpenedModel::open(options.model, options.data, options.device, words, stores.get()));
    TY_TRY(const auto samples, judgeableSamples(opened));
    TY_TRY(const Evaluation evaluation, evaluateInDetail(*opened.model, *opened.data, samples));
    if (!options.samples.empty()) {
        TY_CHECK(writeFileAtomically(options.samples, evaluation.samplesCsv));
    }
    Json report = evaluation.report;
    report.update(assumptionsOf(*opened.model));
    return report;
}

Result<void> run(const EvaluateOptions& options)
{
    if (!options.samples.empty() && options.data.empty()) {
        return Error{ErrorKind::Usage, "--samples: it is for --data", {}};
    }
    if (options.data.empty() == options.part.empty()) {
        return Error{ErrorKind::Usage, "what to evaluate on: give --data or --part, one of them", {}};
    }
    TY_TRY(const Json report, options.part.empty() ? evaluateData(options) : evaluatePart(options));
    return options.form == OutputForm::Json ? printJson(report) : printText(describe(report));
}

} // namespace

int evaluate(const EvaluateOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
