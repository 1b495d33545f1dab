#include <vector>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/judged_data.h"
#include "app/runner/messages.h"
#include "app/runner/opened_model.h"
#include "app/runner/run_stores.h"
#include "engine/base/files.h"
#include "engine/learn/evaluation.h"
#include "engine/learn/foreign_package.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

std::string describe(const Json& report)
{
    std::string text = assumedText(report) + fmt::format(
        "{}, {} samples\n", report.value("task", std::string()), report.value("samples", std::uint64_t{0}));
    const Json metrics = report.value("metrics", Json::object());
    const Json baselines = report.value("baseline", Json());
    for (const auto& [name, value] : metrics.items()) {
        if (value.is_number()) {
            const Json baseline = baselines.is_object() ? baselines.value(name, Json()) : Json();
            text += fmt::format(
                "  {:<20} {:<12.6g}{}\n", name, value.get<double>(),
                baseline.is_number() ? fmt::format(" baseline {:.6g}", baseline.get<double>()) : "");
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

Result<Json> evaluatePart(const EvaluateOptions& options)
{
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    TY_TRY(const PartOfRun opened, PartOfRun::open(options.model, options.part, options.device, stores.get()));
    TY_TRY(Json report, evaluateModel(*opened.model, *opened.part.dataset, opened.part.samples));
    report["part"] = opened.name;
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
    const std::uint64_t leftOut = opened.data->size() - samples.size();
    report["leftOut"] = leftOut;
    if (leftOut > 0 && options.form == OutputForm::Text) {
        reportWarning(fmt::format(
            "{} of {} samples are left out: their \"{}\" is missing or unknown to the model", leftOut, opened.data->size(),
            opened.model->encoder().targetName()));
    }
    report.update(assumptionsOf(*opened.model, opened.data.get()));
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
